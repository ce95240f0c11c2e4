// The keeper: a tiny process between the driver and a program it starts, so that nothing is left
// behind however the driver ends, kill -9 included. It adopts every orphan of the program (child
// subreaper), sleeps until the program or the driver ends, and then kills all that is left. It is
// forked from a program with threads, so it makes system calls only: no allocation, no locks, no
// C++ runtime.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sched.h>
#include <sys/types.h>

namespace tracetax {

/// Everything that keeper and program need, made ready before the fork.
struct KeeperJob {
  const char* program = nullptr;  // path, resolved
  char* const* argv = nullptr;
  char* const* environment = nullptr;
  const char* working_dir = nullptr;        // null: as is
  const cpu_set_t* cpus = nullptr;          // of the program; null: inherit
  bool same_session = false;                // as the driver's
  bool own_ipc = false;                     // in an IPC namespace, if that is possible
  const char* folder = nullptr;             // removed once the driver let go; null: none
  int input = -1, output = -1, error = -1;  // the program's 0, 1 and 2
  int log = -1;                             // trimmed while the program runs
  int driver = -1;  // read end of a pipe: end of file when the driver is gone
  int report = -1;  // write end: KeeperReport records to the driver
};

/// What the keeper tells: first `started` once exec has succeeded, or `refused`; then `ended` when
/// the program itself is gone. The keeper exits after all that was left of its tree is gone too.
struct KeeperReport {
  enum class Kind : int { started, refused, ended } kind;
  enum class Step : int { none, fork, working_dir, cpus, exec } step;  // refused: what failed
  pid_t pid;                                                           // of the program
  int status;  // refused: errno; ended: as from waitpid
};

/// Memory kept of a program's output: enough for its last words and its counts.
inline constexpr long kLogKept = 1L << 20;

/// Forks the keeper; returns its pid in the driver, -1 with errno on failure. `descriptors` of the
/// job stay open in the driver. Signals are blocked around the fork, so no handler of ours runs in
/// it.
[[nodiscard]] pid_t fork_keeper(const KeeperJob& job);

}  // namespace tracetax

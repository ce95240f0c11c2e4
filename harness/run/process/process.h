// A child process of the driver and everything it starts: launched without a shell, as a rule in a
// session of its own, and gone, with all its descendants, when this object or the driver is (see
// keeper.h). Not for measuring: cpu_meter.h does that.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/suite/suite.h"
#include "harness/core/text/error.h"
#include "harness/core/text/units.h"
#include "harness/run/process/output_log.h"

namespace tracetax {

/// null_and_log: no input, all output to log(). piped: input and output are pipes to the driver,
/// the error stream goes to log().
enum class Stdio { null_and_log, piped };

struct LaunchSpec {
  std::vector<std::string>
      argv{};                 // a program with a slash is relative to working_dir, else from PATH
  Environment environment{};  // the whole of it; see inherited_environment()
  std::string working_dir{};  // empty: the driver's
  std::vector<int> cpus{};    // empty: the driver's
  Stdio stdio = Stdio::null_and_log;
  /// Stays in the driver's session, in a process group of its own. Where the kernel shares CPUs out
  /// by session (autogroups), priorities count only within one.
  bool same_session = false;
  /// A folder that the keeper removes when the driver is gone or stops the program.
  std::string folder{};
  /// In an IPC namespace, where this program may make one: what System V keeps goes with it.
  bool own_ipc = false;
};

/// The caller's environment without OTEL_* and TRACETAX_*, which would change every arm.
[[nodiscard]] Environment inherited_environment();

/// The file that `program` names: itself if it has a slash, else the first match in PATH. Error
/// (usage) that names what is missing. `working_dir` as in LaunchSpec.
[[nodiscard]] Result<std::string> find_program(const std::string& program,
                                               const std::string& working_dir);

/// How a process ended: with an exit code or by a signal (then code is 128 + signal).
struct ProcessEnd {
  int code = 0;
  int signal = 0;  // 0: it exited by itself
  /// "exited with code 3", "was ended by signal 9 (Killed)".
  [[nodiscard]] std::string text() const;
};

struct StopOutcome {
  bool killed = false;            // had to be killed after the grace period
  std::optional<ProcessEnd> end;  // none: it could not even be killed
};

class Process {
 public:
  /// Error (usage) when there is no such program, folder or CPU; (internal) when the system
  /// refuses.
  [[nodiscard]] static Result<Process> launch(const LaunchSpec& spec);
  Process(Process&& other) noexcept;
  Process& operator=(Process&&) = delete;
  ~Process();  // kills what is left

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Parent of the program and of its orphans: the root to meter, itself excluded.
  [[nodiscard]] pid_t keeper() const { return keeper_; }
  /// All processes of the tree that run now, the program included.
  [[nodiscard]] std::vector<pid_t> tree() const;

  [[nodiscard]] bool running() { return !wait(Nanos{0}).has_value(); }
  /// Waits until the program ends or the time is over; sleeps meanwhile.
  std::optional<ProcessEnd> wait(Nanos within);
  /// Sends a signal to the program alone. False if it has ended.
  bool signal(int number);
  /// SIGSTOP for the whole tree: it has no CPU, and its timers wait, until thaw(). What is frozen
  /// can be stopped and killed as ever. Costs some us per process.
  void freeze();
  void thaw();
  /// SIGTERM or what `with` says, up to `grace` for the program to end by itself, then SIGKILL for
  /// the whole tree. Returns when nothing of the tree is left. `abandon` is asked ten times a
  /// second; true ends the grace.
  StopOutcome stop(Nanos grace, const std::function<bool()>& abandon = {}, int with = SIGTERM);
  /// SIGKILL for the whole tree; waits until it is gone.
  void kill_tree();

  /// The pipes of Stdio::piped, given away: whoever takes one closes it. -1 if taken or none.
  [[nodiscard]] int take_input();   // we write, the program reads
  [[nodiscard]] int take_output();  // the program writes, we read

  [[nodiscard]] const OutputLog& log() const { return log_; }

 private:
  explicit Process(OutputLog log) : log_(std::move(log)) {}
  Status start(const LaunchSpec& spec);

  pid_t pid_ = -1, keeper_ = -1;
  int driver_end_ = -1;  // closing it tells the keeper that we are gone
  int report_ = -1;
  int input_ = -1, output_ = -1;
  std::optional<ProcessEnd> end_;
  OutputLog log_;
};

}  // namespace tracetax

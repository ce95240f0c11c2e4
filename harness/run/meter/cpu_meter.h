// CPU time, memory and context switches of a process tree, as snapshots and their difference. Reads
// /proc and the processes' CPU clocks from outside; the metered programs notice nothing.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/core/run_result.h"
#include "harness/core/text/error.h"
#include "harness/run/process/pinning.h"

namespace tracetax {

/// What to meter: `root` and its descendants, or only the descendants (the root is a keeper: then
/// orphans of the tree belong to it too). `more` are roots of further trees that count with it.
struct MeteredTree {
  pid_t root = -1;
  bool root_included = true;
  std::vector<pid_t> more{};
};

/// All its processes now.
[[nodiscard]] std::vector<pid_t> members_of(const MeteredTree& tree);

struct ProcessSample {
  pid_t pid = -1;
  std::uint64_t start_ticks = 0;  // with the pid: the identity
  std::uint64_t cpu_ns = 0;       // all its threads, ended ones too; exact
  std::uint64_t user_ticks = 0, system_ticks = 0;
  std::uint64_t rss_bytes = 0, rss_peak_bytes = 0;
  std::uint64_t voluntary_switches = 0, involuntary_switches = 0;  // of the threads that live
};

struct TreeSample {
  std::vector<ProcessSample> processes;
  /// Time of processes that ended and were waited for, by anyone in the tree. In 10 ms ticks, so
  /// its error is up to one tick per process.
  std::uint64_t ended_cpu_ns = 0;
  [[nodiscard]] std::uint64_t cpu_ns() const;
};

/// Where the kernel permits: makes rss_peak_bytes count from now. Otherwise the peak is the
/// process's own since it started.
void reset_peak_memory(const MeteredTree& tree);

/// CPU clocks are read first and together, the slower files afterwards. A process that ends
/// meanwhile is left out. Error (invalid) if nothing of the tree is left.
[[nodiscard]] Result<TreeSample> sample_tree(const MeteredTree& tree);

/// What like.cpu_ns() is by now, of the same processes: quick enough for between two phases.
[[nodiscard]] std::uint64_t cpu_ns_now(const TreeSample& like);

/// What its processes hold in memory now, those of `like` together. About 10 us a process.
[[nodiscard]] std::uint64_t rss_bytes_now(const TreeSample& like);

/// How busy a tree kept its CPUs in `elapsed`, while its CPU time went from `before` to `after_ns`:
/// a share of the time of `cpus`, or of all allowed CPUs where nobody is pinned. Nothing if no time
/// passed. Nothing too if the tree used more than those CPUs have: then it runs elsewhere, and what
/// it could have had is not known.
[[nodiscard]] std::optional<double> busy_share(const TreeSample& before, std::uint64_t after_ns,
                                               Nanos elapsed, const CpuList& cpus);

/// What the tree used from `before` to `after`; cpu_drain_ns stays 0. Error (invalid) if a process
/// of `before` is gone: its time is lost, and the program was not what was to be measured.
/// Processes that came in between count in full.
[[nodiscard]] Result<TargetUsage> usage_between(const TreeSample& before, const TreeSample& after);

}  // namespace tracetax

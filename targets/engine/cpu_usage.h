// The CPU load that shedders decide by, in thousandths of what the control group may use, smoothed.
// As go-zero (core/stat, 250 ms) and aegis (pkg/cpu, ratelimit/bbr, 500 ms) read it: the CPU time
// of the whole control group, over the time that /proc/stat sums over all CPUs. So it includes
// every process in the container, a load generator too.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>

#include "harness/core/text/units.h"

namespace tracetax {

struct CpuReading {
  Nanos used{0};    // by the control group
  Nanos system{0};  // all CPUs, idle time included
  friend bool operator==(const CpuReading&, const CpuReading&) = default;
};

/// How many CPUs there are, and how many of them the group may use (a quota may be a fraction).
struct CpuLimit {
  double cores = 1;
  double usable = 1;
};

/// What the group used between two readings, in [0, 1000]; 0 when no time passed.
[[nodiscard]] std::int64_t cpu_milli(const CpuReading& before, const CpuReading& after,
                                     const CpuLimit& limit);

/// Of the text of /proc/stat: the first seven columns of the line "cpu", in ticks of 10 ms. Nothing
/// if it is not such a text.
[[nodiscard]] std::optional<Nanos> parse_proc_stat(std::string_view text);
/// Of the text of cpu.stat of cgroup v2: usage_usec.
[[nodiscard]] std::optional<Nanos> parse_cpu_stat(std::string_view text);
/// How many CPUs "0-3,8" names; nothing if it is not such a list.
[[nodiscard]] std::optional<int> parse_cpu_list(std::string_view text);

/// From /sys/fs/cgroup (v2: cpu.stat, v1: cpuacct/cpuacct.usage) and /proc/stat. Nothing where
/// there is no such file.
[[nodiscard]] std::optional<CpuReading> read_cpu();
[[nodiscard]] CpuLimit read_cpu_limit();

/// The moving average: `value` * 0.95 + `milli` * 0.05, in whole thousandths as both frameworks
/// keep it.
[[nodiscard]] std::int64_t smooth_cpu(std::int64_t value, std::int64_t milli);

/// Samples in a thread of its own, as both frameworks do.
class CpuSampler {
 public:
  explicit CpuSampler(Nanos every);
  /// 0 until the first sample, and where nothing can be read. Any thread; one atomic load.
  [[nodiscard]] std::int64_t milli() const { return milli_.load(std::memory_order_relaxed); }

 private:
  void run(const std::stop_token& stop, Nanos every);

  std::atomic<std::int64_t> milli_ = 0;
  std::mutex mutex_;
  std::condition_variable_any tick_;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace tracetax

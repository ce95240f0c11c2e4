// What the machine took away from everybody while something was measured: time stolen by the
// hypervisor, and periods in which the control group was throttled.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace tracetax {

struct HostNoise {
  std::uint64_t steal_ticks = 0, all_ticks = 0;  // of all CPUs, since boot
  std::uint64_t throttled = 0;                   // periods

  /// Adds what came between two readings, so that several stretches of time can be taken together.
  void add(const HostNoise& before, const HostNoise& after);
};

[[nodiscard]] HostNoise host_noise_now();
/// Without the throttled periods, which take files of their own.
[[nodiscard]] HostNoise cpu_ticks_now();
/// The text of /proc/stat; zeros if it is not that.
[[nodiscard]] HostNoise parse_cpu_ticks(std::string_view proc_stat);
/// Share of CPU time stolen from `before` to `after`, in percent; 0 if no tick has passed.
[[nodiscard]] double steal_pct(const HostNoise& before, const HostNoise& after);

}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/run/meter/host_noise.h"

#include <algorithm>
#include <charconv>

#include "harness/run/meter/cgroup.h"
#include "harness/run/process/proc_files.h"

namespace tracetax {

namespace {

std::uint64_t grown(std::uint64_t before, std::uint64_t after) {
  return after - std::min(before, after);
}

}  // namespace

void HostNoise::add(const HostNoise& before, const HostNoise& after) {
  steal_ticks += grown(before.steal_ticks, after.steal_ticks);
  all_ticks += grown(before.all_ticks, after.all_ticks);
  throttled += grown(before.throttled, after.throttled);
}

HostNoise parse_cpu_ticks(std::string_view proc_stat) {
  HostNoise noise;
  const auto line = field_of(proc_stat, "cpu");
  if (!line) return noise;
  // user nice system idle iowait irq softirq steal; guest time after these is in user already
  constexpr int kSteal = 7;
  const char* at = line->data();
  const char* const end = at + line->size();
  for (int column = 0; column <= kSteal; ++column) {
    std::uint64_t ticks = 0;
    while (at < end && *at == ' ') ++at;
    at = std::from_chars(at, end, ticks).ptr;
    noise.all_ticks += ticks;
    if (column == kSteal) noise.steal_ticks = ticks;
  }
  return noise;
}

HostNoise cpu_ticks_now() { return parse_cpu_ticks(read_small_file("/proc/stat").value_or("")); }

HostNoise host_noise_now() {
  HostNoise noise = cpu_ticks_now();
  noise.throttled = cgroup_throttled().value_or(0);
  return noise;
}

double steal_pct(const HostNoise& before, const HostNoise& after) {
  if (after.all_ticks <= before.all_ticks || after.steal_ticks < before.steal_ticks) return 0;
  return 100.0 * static_cast<double>(after.steal_ticks - before.steal_ticks) /
         static_cast<double>(after.all_ticks - before.all_ticks);
}

}  // namespace tracetax

// Watches how fast the target's cores are while it runs on them: see harness/core/shared_core.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <thread>
#include <vector>

#include "harness/core/run_result.h"
#include "harness/run/process/pinning.h"

namespace tracetax {

/// One thread per CPU: every 4 ms it runs a loop of some 10 us that touches nothing but registers,
/// and reads how much CPU time that took.
class CoreProbe {
 public:
  /// At idle priority the target never waits for it; that suits a target which leaves time.
  enum class Priority { idle, normal };

  /// Begins at once. Without CPUs (nobody is pinned) it watches nothing.
  CoreProbe(const CpuList& cpus, Priority priority);
  CoreProbe(const CoreProbe&) = delete;
  CoreProbe& operator=(const CoreProbe&) = delete;

  /// Ends it after one more loop: the times that the loops took, in ns; none if the CPUs may not be
  /// used. To be called once.
  [[nodiscard]] std::vector<double> stop();

 private:
  std::vector<std::vector<double>> times_ns_;  // one list per thread
  std::vector<std::jthread> threads_;          // last: they use the others
};

/// What the times of a segment's probes come to; nothing of none.
[[nodiscard]] std::optional<CoreSpeed> core_speed(std::vector<double> times_ns);

}  // namespace tracetax

// Watches how fast the target's cores are while it runs on them: see harness/core/shared_core.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "harness/core/run_result.h"
#include "harness/run/process/pinning.h"

namespace tracetax {

struct ProbeLoop {
  std::int64_t at_ns = 0;  // when it was over, monotonic clock
  double took_ns = 0;      // CPU time
};

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

  /// Ends it after one more loop: what the loops took, CPU by CPU; none if the CPUs may not be
  /// used. To be called once.
  [[nodiscard]] std::vector<ProbeLoop> stop();

 private:
  std::vector<std::vector<ProbeLoop>> loops_;  // one list per thread
  std::vector<std::jthread> threads_;          // last: they use the others
};

/// What a segment's probes come to; nothing of none.
[[nodiscard]] std::optional<CoreSpeed> core_speed(std::span<const ProbeLoop> loops);

}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/load/stall_watch.h"

#include <sys/resource.h>

namespace tracetax {

StallWatch::StallWatch() noexcept : switches_(switches()) {}

std::int64_t StallWatch::switches() noexcept {
  rusage usage;
  getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_nvcsw + usage.ru_nivcsw;
}

void StallWatch::start_over() noexcept { switches_ = switches(); }

bool StallWatch::machine_stalled(std::int64_t from_ns, std::int64_t to_ns) noexcept {
  if (to_ns - from_ns <= kStallNs) return false;
  const std::int64_t before = switches_;
  switches_ = switches();
  if (switches_ != before) return false;
  stall_end_ns_ = to_ns;
  catching_up_ = true;
  return true;
}

bool StallWatch::held_up(std::int64_t due_ns, std::int64_t now_ns) noexcept {
  // Over once a request that came due after the stall is released on time.
  if (catching_up_ && due_ns > stall_end_ns_ && now_ns - due_ns < kStallNs) catching_up_ = false;
  return catching_up_;
}

}  // namespace tracetax

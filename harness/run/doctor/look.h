// One look at an arm: start, ask, load for some seconds, wait for spans, stop. What went wrong is
// in what it gives; it is never an error.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "harness/run/doctor/arm_look.h"
#include "harness/run/segment_context.h"

namespace tracetax {

struct LookTask {
  const SegmentContext& context;  // `rate`: what the run offers; 0: a share of the capacity
  int arm = 0;
  double share = 0;             // of the capacity, where the rate is 0
  bool first = false;           // of its cell: looks for the capacity, and whether it warms up
  std::function<Nanos()> left;  // time for all that is still to be looked at
};

/// Takes some seconds, most of them to wait for the target's batch processor. Uses the first sink.
[[nodiscard]] ArmLook look_at(const LookTask& task);

}  // namespace tracetax

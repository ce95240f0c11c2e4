// A scenario made ready for a target that runs, and found to be answered rightly: what segments and
// the ramp have in common.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "harness/load/engine.h"
#include "harness/run/segment_context.h"

namespace tracetax {

struct ReadyLoad {
  LoadSetup setup;
  std::string answer_digest;
};

/// Error (invalid) says which answer came instead of the one expected.
[[nodiscard]] Result<ReadyLoad> make_ready_load(const SegmentContext& context, const ArmSpec& arm,
                                                const Endpoint& endpoint);

}  // namespace tracetax

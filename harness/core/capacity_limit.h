// What kept a closed loop from being faster. A capacity is the target's only where the target was
// the limit.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "harness/core/run_result.h"

namespace tracetax {

enum class CapacityLimit {
  target_cpu,   // busy 95 % of its CPUs' time and more
  driver,       // busy more than 80 % of its own
  shedder,      // the target refused work: more than 0.1 % errors
  connections,  // none of these: every connection waited for its answer, and more of them would
                // have brought more (Little's law)
  not_known,    // the target was not metered
};
/// "the target's CPU", "the driver", ...
[[nodiscard]] std::string_view words_of(CapacityLimit limit);

/// Of a capacity segment.
[[nodiscard]] CapacityLimit capacity_limit(const SegmentRecord& segment);

}  // namespace tracetax

// What the analysis found, as JSON for other readers. Never read back: it is computed anew from the
// segments, so that a file cannot claim what its measurements do not show.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/analysis/comparison.h"
#include "harness/core/suite/suite.h"

namespace tracetax {

[[nodiscard]] Json comparison_to_json(const Comparison& comparison);
[[nodiscard]] Json sampled_effect_to_json(const SampledEffect& effect);
[[nodiscard]] Json cost_model_to_json(const CostModel& model);
[[nodiscard]] Json interval_to_json(
    const std::optional<Interval>& interval);  // null where there is none

}  // namespace tracetax

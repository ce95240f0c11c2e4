// --stages of `tracetax load`.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "harness/core/request/rate_curve.h"
#include "harness/core/text/error.h"

namespace tracetax {

/// "10s:1k/s,30s:5k/s": a length and the rate at its end, as k6's stages have duration and target.
/// A rate of 0 is right, and a length of 0: a jump. Errors (usage): another form, more than 50
/// stages, nothing that is ever due when it begins at `start` requests/s.
[[nodiscard]] Result<std::vector<RateStage>> parse_rate_stages(std::string_view text, double start);

/// All of them together.
[[nodiscard]] Nanos length_of(const std::vector<RateStage>& stages);

}  // namespace tracetax

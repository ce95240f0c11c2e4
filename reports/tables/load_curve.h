// The curve of overhead over load: a line for each level, with its interval drawn to one scale.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "harness/analysis/comparison.h"
#include "harness/core/run_result.h"

namespace tracetax {

/// Of the arm that samples most, CPU per request by load level, then time per request at full
/// speed:
///
///     gin at 20%         +50 % [+32, +58]  |            -------o---      |
///
/// Empty for a run of one level. Plain ASCII, at most 80 columns where names are short.
[[nodiscard]] std::string load_curve(const RunResult& result, const Analysis& analysis);

}  // namespace tracetax

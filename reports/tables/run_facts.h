// How and where a run was made: what a reader needs to judge or repeat it. The same in every
// Markdown format.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/core/run_result.h"
#include "reports/tables/table.h"

namespace tracetax {

/// Blocks, times, load, pinning and targets, a line each.
[[nodiscard]] std::vector<std::string> design_items(const RunResult& result);

/// Of warm-ups until steady: "warm after 9 to 14 s". Empty where their length was given.
[[nodiscard]] std::string warm_up_words(const RunResult& result);

/// How much slower than alone the target's core was, median of the segments
/// (harness/core/shared_core.h). Nothing where nobody looked.
[[nodiscard]] std::optional<double> core_slowdown(const RunResult& result);

/// Machine, system, program, run and suite: two columns, what and value.
[[nodiscard]] Table environment_table(const RunResult& result);

}  // namespace tracetax

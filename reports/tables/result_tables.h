// The tables of a run, the same for terminal and Markdown.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "harness/analysis/comparison.h"
#include "harness/core/run_result.h"
#include "reports/tables/table.h"
#include "reports/words/arm_totals.h"

namespace tracetax {

/// A row per metric and arm. `repeat_metric` false, for a terminal: only the first row of a metric
/// names it, and details are left out.
[[nodiscard]] Table comparison_table(const RunResult& result, const Analysis& analysis, int cell,
                                     bool repeat_metric);

/// Spans expected and received per arm, over every segment.
[[nodiscard]] Table receipt_table(const RunResult& result, const std::vector<ArmTotals>& totals);

/// Response times of sampled and unsampled requests apart. For display only.
[[nodiscard]] Table response_table(const RunResult& result, const std::vector<ArmTotals>& totals);

/// Response times of sampled against unsampled requests of the same segments; nothing where no arm
/// has enough of both.
[[nodiscard]] std::optional<Table> sampled_table(const Analysis& analysis, int cell);

/// Messages of streams: time to the first, and from one to the next. Nothing where there are none.
/// For display only.
[[nodiscard]] std::optional<Table> message_table(const RunResult& result,
                                                 const std::vector<ArmTotals>& totals);

/// All cells of a run in one table, a row each: CPU per request of `off` and the overhead of every
/// other arm. Nothing where there is one cell only.
[[nodiscard]] std::optional<Table> side_by_side_table(const RunResult& result,
                                                      const Analysis& analysis);

/// Segments per arm: how many are valid, which rules the others broke, and the driver's lag.
[[nodiscard]] Table validity_table(const RunResult& result, const std::vector<ArmTotals>& totals);

}  // namespace tracetax

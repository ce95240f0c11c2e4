// The table of a verdict, the same for terminal and pull request: a row per gated metric, its
// budget and, where the base revision ran too, the comparison with it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "harness/analysis/gate/judgement.h"
#include "harness/core/run_result.h"
#include "reports/tables/table.h"

namespace tracetax {

struct VerdictTable {
  Table table;
  std::size_t left_out = 0;  // rows beyond the limit
};

/// Required metrics first. With more rows than `most`, those that failed or are open go first.
/// `signs` is for where there is room: a sign stands before each word, the blocks that an
/// inconclusive test needs stand behind it, and "(advisory)" stands behind such metrics. Without it
/// they have an asterisk. Of an invalid run no effect is shown: it would be a number that looks
/// good.
[[nodiscard]] VerdictTable verdict_table(const RunResult& result, const Judgement& judgement,
                                         std::size_t most, bool signs);

/// Every test with everything it rests on: pairs, levels, looks and p-values.
[[nodiscard]] Table tests_table(const RunResult& result, const Judgement& judgement);

}  // namespace tracetax

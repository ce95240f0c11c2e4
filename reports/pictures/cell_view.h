// What the pictures of one cell are made of, and how its arms look in all of them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "harness/analysis/comparison.h"
#include "harness/core/run_result.h"
#include "reports/words/arm_totals.h"
#include "reports/words/short_answer.h"

namespace tracetax {

/// Points into a run and its analysis, which must outlive it.
struct CellView {
  const RunResult& result;
  const Analysis& analysis;
  int cell = 0;
  std::vector<ArmTotals> totals;  // one per arm, in the suite's order
};

[[nodiscard]] inline CellView cell_view(const RunResult& result, const Analysis& analysis,
                                        int cell) {
  return {result, analysis, cell, arm_totals(result, cell)};
}

[[nodiscard]] inline const ArmSpec* find_arm(const Suite& suite, const std::string& name) {
  const auto found = std::ranges::find(suite.arms, name, &ArmSpec::name);
  return found == suite.arms.end() ? nullptr : &*found;
}
[[nodiscard]] inline bool is_sham(const Suite& suite, const std::string& arm) {
  const ArmSpec* found = find_arm(suite, arm);
  return found != nullptr && found->role == ArmRole::sham;
}

/// 0, the grey one, for `off` and its copies; the others in the suite's order.
[[nodiscard]] inline int look_of(const Suite& suite, const std::string& name) {
  int look = 0;
  for (const ArmSpec& arm : suite.arms) {
    const bool grey = arm.role == ArmRole::off || arm.role == ArmRole::sham;
    look += grey ? 0 : 1;
    if (arm.name == name) return grey ? 0 : look;
  }
  return 0;
}

[[nodiscard]] inline bool has_effect(const Comparison& comparison) {
  return comparison.word != Word::void_ && comparison.estimate_pct && comparison.interval_pct;
}

/// The budget that a comparison was held against, in percent of its reference; none: not judged.
[[nodiscard]] std::optional<double> budget_of(const Analysis& analysis,
                                              const Comparison& comparison);

}  // namespace tracetax

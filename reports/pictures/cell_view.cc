// SPDX-License-Identifier: Apache-2.0
#include "reports/pictures/cell_view.h"

namespace tracetax {

std::optional<double> budget_of(const Analysis& analysis, const Comparison& comparison) {
  if (!analysis.judgement) return std::nullopt;
  for (const GatedTest& test : analysis.judgement->tests) {
    if (test.cell != comparison.cell || test.metric != comparison.metric ||
        test.arm != comparison.arm || test.reference != comparison.reference)
      continue;
    const double worse = higher_is_better(test.metric) ? -1 : 1;
    if (!test.absolute) return worse * test.bound;
    if (comparison.off_value.value_or(0) > 0)
      return worse * 100 * test.bound / *comparison.off_value;
  }
  return std::nullopt;
}

}  // namespace tracetax

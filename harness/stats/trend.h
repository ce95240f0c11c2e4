// Spearman's rank correlation with its probability: does a series drift with its position?
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

namespace tracetax {

struct Trend {
  double rho = 0;  // -1 to 1
  double p = 1;    // two-sided
};

/// Correlation of the values with 0, 1, 2, ...; mid-ranks for ties. Exact (every permutation) up to
/// 8 values, Student's t beyond. Nothing for fewer than 4 values, for all equal or not finite ones.
[[nodiscard]] std::optional<Trend> spearman_trend(std::span<const double> values);

}  // namespace tracetax

// Does a series drift with its position? Spearman's rank correlation with its probability, and the
// slope of Theil and Sen.
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

/// The median of the slopes between every two of the values, which stand `step` apart: Theil 1950,
/// Sen 1968. Up to 29 % of the values may be far off. Nothing for fewer than 2 values. Time grows
/// with n^2.
[[nodiscard]] std::optional<double> theil_sen_slope(std::span<const double> values, double step);

}  // namespace tracetax

// Kendall's rank correlation with its probability: do two things rank the same subjects alike?
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

namespace tracetax {

struct Kendall {
  double tau = 0;  // tau-b, -1 to 1: (concordant - discordant pairs), ties taken off both sides
  double p = 1;    // two-sided: the chance of a tau as far from 0, if one order were random
};

/// Of x[i] against y[i]; the sizes must be equal. p is exact without ties up to 100 pairs, and with
/// ties up to 8; beyond, the normal approximation with the variance corrected for ties (Kendall,
/// Rank Correlation Methods, chapters 3 to 5). Nothing for fewer than 3 pairs, for values that are
/// not finite, or if all x or all y are equal. Time grows with n^3 at worst; n <= 1000 is meant.
[[nodiscard]] std::optional<Kendall> kendall_tau(std::span<const double> x,
                                                 std::span<const double> y);

/// The correlation alone, which takes n^2: for those who need it thousands of times.
[[nodiscard]] std::optional<double> tau_b(std::span<const double> x, std::span<const double> y);

}  // namespace tracetax

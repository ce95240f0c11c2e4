// How small an effect a paired signed-rank test can find, from the spread of pairs like those it
// will see. An estimate for planning; no verdict rests on it. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

namespace tracetax {

/// The distance from the tested bound at which `pairs` pairs are significant at one-sided `alpha`
/// with probability `power`, in the unit of the differences:
///   (z_alpha + z_power) * s / sqrt(pairs * 3/pi)
/// with s a spread of the differences that one wild pair cannot inflate alone, and 3/pi the
/// efficiency of the signed-rank test against the t-test for normal noise; heavy tails only help
/// it. (Lehmann, Nonparametrics, 1975, 4.2.) Nothing for fewer than six differences, or if one is
/// not finite.
[[nodiscard]] std::optional<double> detectable_shift(std::span<const double> differences, int pairs,
                                                     double alpha, double power = 0.8);
/// The fewest pairs with which `shift` (positive) would be found so; at least 6. Nothing as above.
[[nodiscard]] std::optional<int> pairs_to_detect(std::span<const double> differences, double shift,
                                                 double alpha, double power = 0.8);

/// The quantile function of the standard normal distribution, to 1e-9. 0 < p < 1.
[[nodiscard]] double normal_quantile(double p);

}  // namespace tracetax

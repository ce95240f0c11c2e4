// An anytime-valid test of "the shift is no larger". A bettor stakes on the sign of each
// difference. Under the null hypothesis the sign is a fair coin, given the size of the difference.
// So the wealth is a martingale, and by Ville's inequality it ever reaches 1/alpha with probability
// at most alpha. So one may look after every pair and stop at will. (Ramdas, Grunwald, Vovk &
// Shafer 2023, Game-theoretic statistics.)
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace tracetax {

enum class Side { greater, less };  // bets that the differences lie above, or below, the shift

/// The wealth after each difference, in order, starting from 1. It is the mean over the stakes
/// kappa of {.2 .4 .6 .8 .95} of the product of 1 + kappa w sign, with w = min(1, |x| / (1.5 median
/// of |x| so far)). The weight w uses only sizes seen so far, this one included, never a later one.
/// A difference that equals the shift, or is not finite, changes nothing. Meant for n <= 1000.
[[nodiscard]] std::vector<double> betting_wealth(std::span<const double> differences, double shift,
                                                 Side side);

/// min(1, 1 / the largest wealth so far): a p-value that is valid whenever one stops.
[[nodiscard]] double anytime_p(std::span<const double> differences, double shift, Side side);

/// The smallest that anytime_p can be after so many pairs: every bet won at full weight.
[[nodiscard]] double smallest_anytime_p(int pairs);

/// Holds every shift that neither bettor has refuted at one-sided `alpha`. It is valid whenever one
/// stops: it covers the true shift with probability at least 1 - 2 alpha. It may be wider than it
/// must be, by up to half a percent of the differences' range. Nothing if a side has no end yet
/// (fewer than eight pairs at 0.05), or if a difference is not finite.
struct BettingInterval {
  double low = 0, high = 0;
};
[[nodiscard]] std::optional<BettingInterval> betting_interval(std::span<const double> differences,
                                                              double alpha);

}  // namespace tracetax

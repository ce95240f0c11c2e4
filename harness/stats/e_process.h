// An anytime-valid test of "the shift is no larger": a bettor stakes on the sign of each
// difference. Under the null (given its size, the sign is a fair coin) the wealth is a martingale,
// so by Ville's inequality it ever reaches 1/alpha with probability at most alpha: one may look
// after every pair and stop at will. (Ramdas, Grunwald, Vovk & Shafer 2023, Game-theoretic
// statistics.)
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace tracetax {

enum class Side { greater, less };  // bets that the differences lie above, or below, the shift

/// The wealth after each difference, in order, from 1: the mean over stakes kappa of {.2 .4 .6 .8
/// .95} of the product of 1 + kappa w sign, where w = min(1, |x| / (1.5 median of |x| so far)). The
/// weight uses only sizes seen so far, this one included, never a later one. A difference equal to
/// the shift changes nothing. Not finite differences change nothing either. n <= 1000 is meant.
[[nodiscard]] std::vector<double> betting_wealth(std::span<const double> differences, double shift,
                                                 Side side);

/// min(1, 1 / the largest wealth so far): a p-value that is valid whenever one stops.
[[nodiscard]] double anytime_p(std::span<const double> differences, double shift, Side side);

/// The smallest that anytime_p can be after so many pairs: every bet won at full weight.
[[nodiscard]] double smallest_anytime_p(int pairs);

/// Holds every shift that neither bettor has refuted at one-sided `alpha`, valid whenever one
/// stops: it covers the true one with probability at least 1 - 2 alpha. Wider than it must be by up
/// to half a percent of the differences' range. Nothing if a side has no end yet (fewer than eight
/// pairs at 0.05), or if a difference is not finite.
struct BettingInterval {
  double low = 0, high = 0;
};
[[nodiscard]] std::optional<BettingInterval> betting_interval(std::span<const double> differences,
                                                              double alpha);

}  // namespace tracetax

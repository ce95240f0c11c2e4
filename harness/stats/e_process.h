// An anytime-valid test of "the shift is no larger": a bettor stakes on the sign of each
// difference. Under the null (given its size, the sign is a fair coin) the wealth is a martingale,
// so by Ville's inequality it ever reaches 1/alpha with probability at most alpha: one may look
// after every pair and stop at will. (Ramdas, Grunwald, Vovk & Shafer 2023, Game-theoretic
// statistics.) SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

namespace tracetax {

enum class Side { greater, less };  // bets that the differences lie above, or below, the shift

/// The wealth after each difference, in order, from 1: the mean over stakes kappa of {.2 .4 .6 .8
/// .95} of the product of 1 + kappa w sign, where w = min(1, |x| / (1.5 median of |x| so far)). The
/// weight uses only sizes seen so far, this one included, never a later one. A difference equal to
/// the shift changes nothing. Not finite differences change nothing either.
[[nodiscard]] std::vector<double> betting_wealth(std::span<const double> differences, double shift,
                                                 Side side);

/// min(1, 1 / the largest wealth so far): a p-value that is valid whenever one stops.
[[nodiscard]] double anytime_p(std::span<const double> differences, double shift, Side side);

}  // namespace tracetax

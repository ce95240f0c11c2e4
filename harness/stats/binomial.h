// Exact binomial arithmetic: bounds on a rate from a count, intervals of quantiles from order
// statistics, and Fisher's test of two counts.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

namespace tracetax {

struct RateBounds {
  double low = 0, high = 1;
};
/// Clopper-Pearson: each side is exact at (1 - level) / 2. With no successes the low bound is 0,
/// with nothing but successes the high bound is 1. trials = 0 gives [0, 1]. 0 < level < 1.
[[nodiscard]] RateBounds clopper_pearson(std::uint64_t successes, std::uint64_t trials,
                                         double level);
/// The one-sided upper bound: the rate at which so few successes would have probability 1 - level.
/// 0 of 59 at 0.95: 0.0495.
[[nodiscard]] double rate_upper_bound(std::uint64_t successes, std::uint64_t trials, double level);
/// Its mirror: the one-sided lower bound. 20 of 20 at 0.95: 0.861.
[[nodiscard]] double rate_lower_bound(std::uint64_t successes, std::uint64_t trials, double level);

/// Ranks, from 1, of the two order statistics of a sample of n between which the q-quantile of its
/// source lies with probability at least `level`: missed on each side with at most half of what is
/// left (Binomial(n, q) tails). Nothing if n is too small for any: at 0.95 below 6 for the median,
/// 36 for the p90, 368, 3,688 and 36,887 for p99, p99.9 and p99.99. Time grows with sqrt(n).
struct OrderStatistics {
  std::uint64_t low = 0, high = 0;
  double coverage = 0;  // exact
};
[[nodiscard]] std::optional<OrderStatistics> quantile_ranks(std::uint64_t n, double q,
                                                            double level);

/// P of a table at least as unlikely as this one, given its margins (two-sided Fisher): do two
/// shares differ? 1 if a margin is empty. More successes than trials count as all of them. Time
/// grows with the square root of the counts; above 10^12 trials by the normal approximation.
[[nodiscard]] double fisher_p(std::uint64_t successes_1, std::uint64_t trials_1,
                              std::uint64_t successes_2, std::uint64_t trials_2);

}  // namespace tracetax

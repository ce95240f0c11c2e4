// SPDX-License-Identifier: Apache-2.0
#include "harness/stats/binomial.h"

#include <algorithm>
#include <cmath>

#include "harness/stats/binomial_mass.h"
#include "harness/stats/normal.h"

namespace tracetax {
namespace {

constexpr double kNegligible = 1e-18;  // of a sum: below its rounding error

/// P(X <= k). Terms fall ever faster away from the mode, so the tail on this side of it is summed,
/// until what is left cannot matter.
double at_most(std::uint64_t k, std::uint64_t n, double p) {
  if (k >= n) return 1;
  double sum = 0;
  if (static_cast<double>(k) <= static_cast<double>(n) * p) {
    for (std::uint64_t i = k + 1; i-- > 0;) {
      const double term = binomial_mass(i, n, p);
      sum += term;
      if (term <= sum * kNegligible) break;
    }
    return std::min(1.0, sum);
  }
  for (std::uint64_t i = k + 1; i <= n; ++i) {
    const double term = binomial_mass(i, n, p);
    sum += term;
    if (term <= sum * kNegligible) break;
  }
  return std::max(0.0, 1 - sum);
}

/// The p at which P(X <= k) is `tail`; it falls as p rises.
double rate_with_tail(std::uint64_t k, std::uint64_t n, double tail) {
  double low = 0, high = 1;
  while (true) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return middle;
    (at_most(k, n, middle) > tail ? low : high) = middle;
  }
}

/// The greatest rank l with P(X <= l - 1) <= tail, and that probability; 0 if there is none.
struct Rank {
  std::uint64_t rank = 0;
  double tail = 0;
};
Rank lower_rank(std::uint64_t n, double q, double tail) {
  const auto below = [&](std::uint64_t rank) { return rank == 0 ? 0 : at_most(rank - 1, n, q); };
  // The normal approximation misses by a few ranks; from there step by step.
  const double centre = static_cast<double>(n) * q;
  const double guess = centre + normal_quantile(tail) * std::sqrt(centre * (1 - q));
  Rank found{.rank = static_cast<std::uint64_t>(std::max(0.0, guess)), .tail = 0};
  while ((found.tail = below(found.rank)) > tail) --found.rank;
  while (found.rank < n) {
    const double more = found.tail + binomial_mass(found.rank, n, q);
    if (more > tail) break;
    found = {found.rank + 1, more};
  }
  return found;
}

/// Whether two shares differ, by the normal approximation. 1 if a margin is empty.
double two_shares_p(double successes_1, double trials_1, double successes_2, double trials_2) {
  if (trials_1 == 0 || trials_2 == 0) return 1;
  const double share = (successes_1 + successes_2) / (trials_1 + trials_2);
  const double variance = share * (1 - share) * (1 / trials_1 + 1 / trials_2);
  if (!(variance > 0)) return 1;
  const double distance = std::abs(successes_1 / trials_1 - successes_2 / trials_2);
  return std::erfc(distance / std::sqrt(2 * variance));
}

}  // namespace

double rate_upper_bound(std::uint64_t successes, std::uint64_t trials, double level) {
  if (trials == 0 || successes >= trials) return 1;
  return rate_with_tail(successes, trials, 1 - level);
}

double rate_lower_bound(std::uint64_t successes, std::uint64_t trials, double level) {
  if (trials == 0 || successes == 0) return 0;
  // A lower bound of hits is an upper bound of misses.
  return 1 - rate_upper_bound(trials - std::min(successes, trials), trials, level);
}

RateBounds clopper_pearson(std::uint64_t successes, std::uint64_t trials, double level) {
  const double one_sided = 1 - (1 - level) / 2;
  return {rate_lower_bound(successes, trials, one_sided),
          rate_upper_bound(successes, trials, one_sided)};
}

std::optional<OrderStatistics> quantile_ranks(std::uint64_t n, double q, double level) {
  if (n == 0 || !(q > 0 && q < 1) || !(level > 0 && level < 1)) return std::nullopt;
  // With X of the n below the quantile, it lies between X_(l) and X_(u) when l <= X < u.
  const double tail = (1 - level) / 2;
  const Rank low = lower_rank(n, q, tail);
  const Rank from_end = lower_rank(n, 1 - q, tail);  // the same, counted from the largest value
  if (low.rank == 0 || from_end.rank == 0) return std::nullopt;
  const std::uint64_t high = n + 1 - from_end.rank;
  if (high <= low.rank) return std::nullopt;
  return OrderStatistics{.low = low.rank, .high = high, .coverage = 1 - low.tail - from_end.tail};
}

double fisher_p(std::uint64_t successes_1, std::uint64_t trials_1, std::uint64_t successes_2,
                std::uint64_t trials_2) {
  successes_1 = std::min(successes_1, trials_1);
  successes_2 = std::min(successes_2, trials_2);
  constexpr std::uint64_t kExactUpTo = 1'000'000'000'000;  // a million terms
  if (std::max(trials_1, trials_2) > kExactUpTo) {
    return two_shares_p(static_cast<double>(successes_1), static_cast<double>(trials_1),
                        static_cast<double>(successes_2), static_cast<double>(trials_2));
  }
  const std::uint64_t successes = successes_1 + successes_2;
  if (trials_1 == 0 || trials_2 == 0 || successes == 0 || successes == trials_1 + trials_2)
    return 1;
  const std::uint64_t first = successes > trials_2 ? successes - trials_2 : 0;
  const std::uint64_t last = std::min(successes, trials_1);
  const auto mass = [&](std::uint64_t k) {
    return hypergeometric_mass(k, trials_1, trials_2, successes);
  };
  // Masses rise to one mode and fall again, so the tables as unlikely as this one are all up to
  // some k below the mode and all from some k above it: find both, and sum outwards.
  const auto mode =
      std::clamp(static_cast<std::uint64_t>(
                     (static_cast<double>(successes) + 1) * (static_cast<double>(trials_1) + 1) /
                     (static_cast<double>(trials_1) + static_cast<double>(trials_2) + 2)),
                 first, last);
  constexpr double kSame = 1 + 1e-7;  // rounding of equal masses, as R's fisher.test allows
  const double enough = mass(successes_1) * kSame;
  if (mass(mode) <= enough) return 1;

  double p = 0;
  if (mass(first) <= enough) {
    std::uint64_t in = first, out = mode;
    while (out - in > 1) {
      const std::uint64_t middle = in + (out - in) / 2;
      (mass(middle) <= enough ? in : out) = middle;
    }
    for (std::uint64_t k = in + 1; k-- > first;) {
      const double term = mass(k);
      p += term;
      if (term <= p * kNegligible) break;
    }
  }
  if (mass(last) <= enough) {
    std::uint64_t out = mode, in = last;
    while (in - out > 1) {
      const std::uint64_t middle = out + (in - out) / 2;
      (mass(middle) <= enough ? in : out) = middle;
    }
    for (std::uint64_t k = in; k <= last; ++k) {
      const double term = mass(k);
      p += term;
      if (term <= p * kNegligible) break;
    }
  }
  return std::min(1.0, p);
}

}  // namespace tracetax

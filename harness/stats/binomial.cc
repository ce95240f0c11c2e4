// SPDX-License-Identifier: Apache-2.0
#include "harness/stats/binomial.h"

#include <algorithm>
#include <cmath>

namespace tracetax {
namespace {

double log_choose(double n, double k) {
  return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
}

double binomial_mass(std::uint64_t k, std::uint64_t n, double p) {
  if (p <= 0) return k == 0 ? 1 : 0;
  if (p >= 1) return k == n ? 1 : 0;
  const auto trials = static_cast<double>(n), hits = static_cast<double>(k);
  return std::exp(log_choose(trials, hits) + hits * std::log(p) + (trials - hits) * std::log1p(-p));
}

/// P(X <= k), summed from k downwards until what is left is too small to matter.
double at_most(std::uint64_t k, std::uint64_t n, double p) {
  if (k >= n) return 1;
  // Terms fall geometrically away from the mode, so sum the tail on this side of it.
  const double mode = static_cast<double>(n) * p;
  double sum = 0;
  if (static_cast<double>(k) <= mode) {
    for (std::uint64_t i = k + 1; i-- > 0;) {
      const double term = binomial_mass(i, n, p);
      sum += term;
      if (term < sum * 1e-18) break;
    }
    return std::min(1.0, sum);
  }
  for (std::uint64_t i = k + 1; i <= n; ++i) {
    const double term = binomial_mass(i, n, p);
    sum += term;
    if (term < sum * 1e-18 || term == 0) break;
  }
  return std::max(0.0, 1 - sum);
}

/// The p at which P(X <= k) is `tail`; it falls as p rises.
double rate_with_tail(std::uint64_t k, std::uint64_t n, double tail) {
  double low = 0, high = 1;
  for (int step = 0; step < 200; ++step) {
    const double middle = low + (high - low) / 2;
    (at_most(k, n, middle) > tail ? low : high) = middle;
  }
  return low + (high - low) / 2;
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
  if (n == 0 || q <= 0 || q >= 1) return std::nullopt;
  // The quantile lies between X_(l) and X_(u) when at least l and fewer than u of n are below it.
  const auto centre = static_cast<std::uint64_t>(std::floor(static_cast<double>(n + 1) * q));
  std::uint64_t low = std::clamp<std::uint64_t>(centre, 1, n);
  std::uint64_t high = std::min(low + 1, n);
  double mass = at_most(high - 1, n, q) - at_most(low - 1, n, q);
  while (mass < level && (low > 1 || high < n)) {
    // Whichever side adds more comes first: the tails stay as even as ranks allow.
    const double below = low > 1 ? binomial_mass(low - 1, n, q) : -1;
    const double above = high < n ? binomial_mass(high, n, q) : -1;
    if (below >= above) {
      --low;
      mass += below;
    } else {
      ++high;
      mass += above;
    }
  }
  if (mass < level || low == high) return std::nullopt;
  return OrderStatistics{.low = low, .high = high, .coverage = mass};
}

double fisher_p(std::uint64_t successes_1, std::uint64_t trials_1, std::uint64_t successes_2,
                std::uint64_t trials_2) {
  const std::uint64_t successes = successes_1 + successes_2;
  if (trials_1 == 0 || trials_2 == 0 || successes == 0 || successes == trials_1 + trials_2) return 1;
  const auto log_mass = [&](std::uint64_t k) {
    return log_choose(static_cast<double>(trials_1), static_cast<double>(k)) +
           log_choose(static_cast<double>(trials_2), static_cast<double>(successes - k)) -
           log_choose(static_cast<double>(trials_1 + trials_2), static_cast<double>(successes));
  };
  const std::uint64_t first = successes > trials_2 ? successes - trials_2 : 0;
  const std::uint64_t last = std::min(successes, trials_1);
  const double observed = log_mass(successes_1);
  constexpr double kSame = 1e-7;  // rounding of equal masses, as R's fisher.test allows
  double p = 0;
  for (std::uint64_t k = first; k <= last; ++k) {
    const double mass = log_mass(k);
    if (mass <= observed + kSame) p += std::exp(mass);
  }
  return std::min(1.0, p);
}

}  // namespace tracetax

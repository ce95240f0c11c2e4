// SPDX-License-Identifier: Apache-2.0
#include "harness/stats/kendall.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <map>
#include <numbers>
#include <vector>

#include "harness/stats/sample.h"

namespace tracetax {
namespace {

constexpr std::size_t kExactUpTo = 100;
constexpr std::size_t kExactWithTiesUpTo = 8;  // 40,320 permutations

int sign_of_difference(double left, double right) {
  return left < right ? -1 : (left > right ? 1 : 0);
}

/// Concordant less discordant pairs.
long score(std::span<const double> x, std::span<const double> y) {
  long sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t j = i + 1; j < x.size(); ++j) {
      sum += sign_of_difference(x[i], x[j]) * sign_of_difference(y[i], y[j]);
    }
  }
  return sum;
}

/// Sums over the groups of equal values, of sizes t.
struct Ties {
  double pairs = 0;     // t (t - 1)
  double triples = 0;   // t (t - 1) (t - 2)
  double variance = 0;  // t (t - 1) (2 t + 5)
};

Ties ties_of(std::span<const double> values) {
  std::map<double, double> sizes;
  for (const double value : values) sizes[value] += 1;
  Ties ties;
  for (const auto& [value, t] : sizes) {
    ties.pairs += t * (t - 1);
    ties.triples += t * (t - 1) * (t - 2);
    ties.variance += t * (t - 1) * (2 * t + 5);
  }
  return ties;
}

/// Without ties: the number of discordant pairs of a random order is a sum of independent uniform
/// numbers on 0..i, for i below n.
double exact_p(std::size_t n, long observed) {
  std::vector<double> share{1};  // of the orders with k discordant pairs
  for (std::size_t i = 1; i < n; ++i) {
    std::vector<double> next(share.size() + i, 0);
    for (std::size_t k = 0; k < share.size(); ++k) {
      for (std::size_t more = 0; more <= i; ++more) {
        next[k + more] += share[k] / static_cast<double>(i + 1);
      }
    }
    share = std::move(next);
  }
  const auto all = static_cast<long>(share.size()) - 1;
  double p = 0;
  for (long k = 0; k <= all; ++k) {
    if (std::abs(all - 2 * k) >= std::abs(observed)) p += share[static_cast<std::size_t>(k)];
  }
  return std::min(p, 1.0);
}

double exact_p_with_ties(std::span<const double> x, std::vector<double> y, long observed) {
  std::sort(y.begin(), y.end());
  double extreme = 0, all = 0;
  do {  // each distinct order once: they are equally likely
    all += 1;
    if (std::abs(score(x, y)) >= std::abs(observed)) extreme += 1;
  } while (std::next_permutation(y.begin(), y.end()));
  return extreme / all;
}

double normal_p(std::size_t count, const Ties& x, const Ties& y, long observed) {
  const auto n = static_cast<double>(count);
  const double variance = (n * (n - 1) * (2 * n + 5) - x.variance - y.variance) / 18 +
                          x.pairs * y.pairs / (2 * n * (n - 1)) +
                          x.triples * y.triples / (9 * n * (n - 1) * (n - 2));
  if (variance <= 0) return 1;
  return std::erfc(static_cast<double>(std::abs(observed)) / std::sqrt(variance) /
                   std::numbers::sqrt2);
}

}  // namespace

std::optional<double> tau_b(std::span<const double> x, std::span<const double> y) {
  assert(x.size() == y.size());
  const std::size_t n = x.size();
  if (n < 3 || !all_finite(x) || !all_finite(y)) return std::nullopt;
  const double pairs = static_cast<double>(n) * static_cast<double>(n - 1);
  const double untied = (pairs - ties_of(x).pairs) * (pairs - ties_of(y).pairs);
  if (untied <= 0) return std::nullopt;
  return 2 * static_cast<double>(score(x, y)) / std::sqrt(untied);
}

std::optional<Kendall> kendall_tau(std::span<const double> x, std::span<const double> y) {
  const std::size_t n = x.size();
  const std::optional<double> tau = tau_b(x, y);
  if (!tau) return std::nullopt;
  const Ties ties_x = ties_of(x), ties_y = ties_of(y);
  const long observed = score(x, y);
  Kendall result{.tau = *tau, .p = 1};
  const bool ties = ties_x.pairs > 0 || ties_y.pairs > 0;
  if (!ties && n <= kExactUpTo) {
    result.p = exact_p(n, observed);
  } else if (ties && n <= kExactWithTiesUpTo) {
    result.p = exact_p_with_ties(x, {y.begin(), y.end()}, observed);
  } else {
    result.p = normal_p(n, ties_x, ties_y, observed);
  }
  return result;
}

}  // namespace tracetax

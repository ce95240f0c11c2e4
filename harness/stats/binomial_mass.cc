// SPDX-License-Identifier: Apache-2.0
#include "harness/stats/binomial_mass.h"

#include <cmath>
#include <numbers>

namespace tracetax {
namespace {

/// ln n! less Stirling's formula n ln n - n + ln sqrt(2 pi n). n >= 1.
double stirling_error(double n) {
  constexpr int kBySum = 16;  // above it five terms of the series are exact to rounding
  if (n < kBySum) {
    double factorial = 1;
    for (double i = 2; i <= n; ++i) factorial *= i;
    return std::log(factorial) - ((n + 0.5) * std::log(n) - n + std::log(2 * std::numbers::pi) / 2);
  }
  const double square = n * n;
  return (1.0 / 12 -
          (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - 1.0 / 1188 / square) / square) / square) /
              square) /
         n;
}

/// x ln(x / mean) + mean - x without the cancellation near x = mean. Both above 0.
double deviance(double x, double mean) {
  if (std::abs(x - mean) >= 0.1 * (x + mean)) return x * std::log(x / mean) + mean - x;
  const double v = (x - mean) / (x + mean);
  double sum = (x - mean) * v, power = 2 * x * v;
  for (int i = 1; i < 1000; ++i) {
    power *= v * v;
    const double next = sum + power / (2 * i + 1);
    if (next == sum) break;
    sum = next;
  }
  return sum;
}

/// ln P(X = k) with q = 1 - p given, which the caller may know better. 0 < p < 1.
double log_binomial_mass(std::uint64_t k, std::uint64_t n, double p, double q) {
  const auto trials = static_cast<double>(n), hits = static_cast<double>(k);
  if (k == 0) return trials * (p < 0.5 ? std::log1p(-p) : std::log(q));
  if (k == n) return trials * (q < 0.5 ? std::log1p(-q) : std::log(p));
  const double misses = static_cast<double>(n - k);
  return stirling_error(trials) - stirling_error(hits) - stirling_error(misses) -
         deviance(hits, trials * p) - deviance(misses, trials * q) +
         std::log(trials / (2 * std::numbers::pi * hits * misses)) / 2;
}

}  // namespace

double binomial_mass(std::uint64_t k, std::uint64_t n, double p) {
  if (p <= 0) return k == 0 ? 1 : 0;
  if (p >= 1) return k == n ? 1 : 0;
  return std::exp(log_binomial_mass(k, n, p, 1 - p));
}

double hypergeometric_mass(std::uint64_t k, std::uint64_t n_1, std::uint64_t n_2,
                           std::uint64_t successes) {
  // Two binomials given their sum; any p gives the same, this one keeps all three near their modes.
  const auto all = static_cast<double>(n_1) + static_cast<double>(n_2);
  const double p = static_cast<double>(successes) / all;
  const double q = (all - static_cast<double>(successes)) / all;
  return std::exp(log_binomial_mass(k, n_1, p, q) + log_binomial_mass(successes - k, n_2, p, q) -
                  log_binomial_mass(successes, n_1 + n_2, p, q));
}

}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/stats/power.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "harness/stats/sample.h"
#include "harness/stats/signed_rank.h"

namespace tracetax {
namespace {

constexpr std::size_t kFewest = 6;

/// The standard deviation that normal noise would have to give the same spread of Walsh averages about
/// their median: what decides the width of the Hodges-Lehmann interval, so a pair far out counts as one
/// pair, not by its distance. The average of two normal values has sigma / sqrt(2).
std::optional<double> spread(std::span<const double> differences) {
  if (differences.size() < kFewest) return std::nullopt;
  const auto centre = hodges_lehmann(differences);
  if (!centre) return std::nullopt;
  std::vector<double> distances;
  for (std::size_t i = 0; i < differences.size(); ++i) {
    for (std::size_t j = i + 1; j < differences.size(); ++j) {
      distances.push_back(std::abs((differences[i] + differences[j]) / 2 - *centre));
    }
  }
  // The median absolute deviation of a normal variable is 0.6745 sigma.
  return *median(std::move(distances)) * std::numbers::sqrt2 / normal_quantile(0.75);
}

}  // namespace

double normal_quantile(double p) {
  // Bisection of the distribution function: exact to rounding, and nobody waits for it.
  double low = -40, high = 40;
  for (int step = 0; step < 200; ++step) {
    const double middle = (low + high) / 2;
    (std::erfc(-middle / std::numbers::sqrt2) / 2 < p ? low : high) = middle;
  }
  return (low + high) / 2;
}

std::optional<double> detectable_shift(std::span<const double> differences, int pairs, double alpha,
                                       double power) {
  const auto sigma = spread(differences);
  if (!sigma || pairs < 1) return std::nullopt;
  const double effective = static_cast<double>(pairs) * 3 / std::numbers::pi;
  return (normal_quantile(1 - alpha) + normal_quantile(power)) * *sigma / std::sqrt(effective);
}

std::optional<int> pairs_to_detect(std::span<const double> differences, double shift, double alpha,
                                   double power) {
  const auto sigma = spread(differences);
  if (!sigma || shift <= 0) return std::nullopt;
  const double z = normal_quantile(1 - alpha) + normal_quantile(power);
  const double pairs = std::ceil(z * z * *sigma * *sigma / (shift * shift) * std::numbers::pi / 3);
  constexpr double kMost = 1e9;  // more than anybody will run; keeps the number a number
  return static_cast<int>(std::clamp(pairs, static_cast<double>(kFewest), kMost));
}

}  // namespace tracetax

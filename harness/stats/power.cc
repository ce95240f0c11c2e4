// SPDX-License-Identifier: Apache-2.0
#include "harness/stats/power.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "harness/stats/normal.h"
#include "harness/stats/sample.h"
#include "harness/stats/signed_rank.h"

namespace tracetax {
namespace {

constexpr std::size_t kFewest = 6;
constexpr int kExactPairsUpTo =
    60;  // pairs: beyond, an exact test spends its level but for a trifle

/// The standard deviation that normal noise would have to give the same spread of Walsh averages
/// about their median: what decides the width of the Hodges-Lehmann interval, so a pair far out
/// counts as one pair, not by its distance. The average of two normal values has sigma / sqrt(2).
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
  // Of few values it comes out low, by 0.8 / n for normal noise (simulated, n = 6 to 40).
  const auto n = static_cast<double>(differences.size());
  const double few = n / (n - 0.8);
  return few * *median(std::move(distances)) * std::numbers::sqrt2 / normal_quantile(0.75);
}

/// The detectable shift in standard deviations.
std::optional<double> detectable_effect(int pairs, double alpha, double power) {
  if (pairs < 1) return std::nullopt;
  const double level = pairs > kExactPairsUpTo ? alpha : signed_rank_level(pairs, alpha);
  if (!(level > 0)) return std::nullopt;
  const double z = normal_quantile(1 - level);
  const double effective = static_cast<double>(pairs) * 3 / std::numbers::pi - z * z / 2;
  return (z + normal_quantile(power)) / std::sqrt(effective);
}

}  // namespace

std::optional<double> detectable_shift(std::span<const double> differences, int pairs, double alpha,
                                       double power) {
  const auto sigma = spread(differences);
  const auto effect = detectable_effect(pairs, alpha, power);
  if (!sigma || !effect) return std::nullopt;
  return *effect * *sigma;
}

std::optional<int> pairs_to_detect(std::span<const double> differences, double shift, double alpha,
                                   double power) {
  const auto sigma = spread(differences);
  if (!sigma || !(shift > 0)) return std::nullopt;
  const double z_alpha = normal_quantile(1 - alpha);
  const double ratio = (z_alpha + normal_quantile(power)) * *sigma / shift;
  const double about = (ratio * ratio + z_alpha * z_alpha / 2) * std::numbers::pi / 3;
  constexpr double kMost = 1e9;  // more than anybody will run; keeps the number a number
  auto pairs = static_cast<int>(std::clamp(std::ceil(about), static_cast<double>(kFewest), kMost));
  // The levels that few pairs can have lie below alpha, so it takes a pair or two more.
  const auto found = [&] {
    const auto effect = detectable_effect(pairs, alpha, power);
    return effect && *effect * *sigma <= shift;
  };
  while (pairs <= kExactPairsUpTo && !found()) ++pairs;
  return pairs;
}

}  // namespace tracetax

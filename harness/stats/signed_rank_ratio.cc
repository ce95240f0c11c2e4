// SPDX-License-Identifier: Apache-2.0
#include "harness/stats/signed_rank_ratio.h"

#include <cstddef>
#include <vector>

#include "harness/stats/signed_rank.h"

namespace tracetax {
namespace {

constexpr double kLargestRatio = 1e9;
constexpr int kHalvings = 100;  // from twice that down to 1e-21

/// Where `falling`, which is above 0 at the left end and below 0 at the right one, crosses it.
template <typename Function>
double crossing(const Function& falling) {
  double left = -kLargestRatio, right = kLargestRatio;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = left + (right - left) / 2;
    (falling(middle) > 0 ? left : right) = middle;
  }
  return left + (right - left) / 2;
}

}  // namespace

std::optional<SignedRankRatio> signed_rank_ratio(std::span<const double> numerators,
                                                 std::span<const double> denominators,
                                                 double level) {
  if (numerators.size() != denominators.size()) return std::nullopt;
  const auto below = signed_rank_interval(denominators, level);
  if (!below || below->low <= 0 || !signed_rank_interval(numerators, level)) return std::nullopt;
  std::vector<double> left_over(numerators.size());
  const auto at = [&](double ratio) -> const std::vector<double>& {
    for (std::size_t i = 0; i < left_over.size(); ++i)
      left_over[i] = numerators[i] - ratio * denominators[i];
    return left_over;
  };
  return SignedRankRatio{
      .ratio = crossing([&](double ratio) { return *hodges_lehmann(at(ratio)); }),
      .low = crossing([&](double ratio) { return signed_rank_interval(at(ratio), level)->low; }),
      .high = crossing([&](double ratio) { return signed_rank_interval(at(ratio), level)->high; }),
      .coverage = below->coverage};
}

}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/stats/rank_agreement.h"

#include <algorithm>
#include <random>
#include <set>
#include <vector>

#include "harness/stats/kendall.h"
#include "harness/stats/sample.h"

namespace tracetax {
namespace {

constexpr double kOutside = 0.025;  // of the resamples, at either end

std::optional<double> median_over(const std::map<int, double>& by_block,
                                  const std::vector<int>& blocks) {
  std::vector<double> values;
  for (const int block : blocks) {
    const auto found = by_block.find(block);
    if (found != by_block.end()) values.push_back(found->second);
  }
  return median(std::move(values));
}

struct Medians {
  std::vector<double> x, y;
};

Medians medians_over(std::span<const TwoWays> subjects, const std::vector<int>& blocks) {
  Medians all;
  for (const TwoWays& subject : subjects) {
    const auto x = median_over(subject.x, blocks), y = median_over(subject.y, blocks);
    if (!x || !y) continue;
    all.x.push_back(*x);
    all.y.push_back(*y);
  }
  return all;
}

}  // namespace

std::optional<RankAgreement> rank_agreement(std::span<const TwoWays> subjects, int resamples,
                                            std::uint64_t seed) {
  std::set<int> seen;
  for (const TwoWays& subject : subjects) {
    for (const auto& [block, value] : subject.x) seen.insert(block);
    for (const auto& [block, value] : subject.y) seen.insert(block);
  }
  const std::vector<int> blocks(seen.begin(), seen.end());
  const Medians all = medians_over(subjects, blocks);
  const std::optional<double> tau = tau_b(all.x, all.y);
  if (!tau) return std::nullopt;
  std::mt19937_64 random(seed);
  std::vector<double> taus;
  std::vector<int> drawn(blocks.size());
  for (int i = 0; i < resamples; ++i) {
    for (int& block : drawn) block = blocks[random() % blocks.size()];
    const Medians medians = medians_over(subjects, drawn);
    if (const auto again = tau_b(medians.x, medians.y)) taus.push_back(*again);
  }
  RankAgreement agreement{.tau = *tau,
                          .low = *tau,
                          .high = *tau,
                          .subjects = static_cast<int>(all.x.size()),
                          .resamples = static_cast<int>(taus.size())};
  if (taus.empty()) return agreement;
  std::ranges::sort(taus);
  const auto beyond = static_cast<std::size_t>(kOutside * static_cast<double>(taus.size()));
  agreement.low = taus[beyond];
  agreement.high = taus[taus.size() - 1 - beyond];
  return agreement;
}

}  // namespace tracetax

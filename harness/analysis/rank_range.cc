// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/rank_range.h"

#include <algorithm>

#include "harness/stats/holm.h"
#include "harness/stats/signed_rank.h"

namespace tracetax {
namespace {

constexpr double kFalseOrders = 0.05;     // of the pairs of targets that are told apart
constexpr std::size_t kFewestRanked = 6;  // below it nothing can be told apart

/// Two targets, and how surely they differ.
struct Match {
  std::size_t one = 0, other = 0;
  bool one_is_less = false;
};

struct Matches {
  std::vector<Match> all;
  std::vector<double> p;  // two-sided
};

std::vector<double> paired_differences(const BlockValues& one, const BlockValues& other) {
  std::vector<double> differences;
  for (const auto& [block, value] : one) {
    const auto paired = other.find(block);
    if (paired != other.end()) differences.push_back(value - paired->second);
  }
  return differences;
}

Matches matches_of(std::span<const BlockValues> targets) {
  Matches matches;
  for (std::size_t one = 0; one < targets.size(); ++one) {
    for (std::size_t other = one + 1; other < targets.size(); ++other) {
      const std::vector<double> differences = paired_differences(targets[one], targets[other]);
      if (differences.size() < kFewestRanked) continue;
      const SignedRankP p = signed_rank_p(differences);
      matches.all.push_back({one, other, p.less < p.greater});
      matches.p.push_back(std::min(1.0, 2 * std::min(p.less, p.greater)));
    }
  }
  return matches;
}

}  // namespace

std::vector<std::optional<RankRange>> rank_ranges(std::span<const BlockValues> targets,
                                                  bool higher_is_better) {
  std::vector<int> better(targets.size()), worse(targets.size());
  const Matches matches = matches_of(targets);
  const std::vector<double> adjusted = benjamini_hochberg_adjusted(matches.p);
  for (std::size_t i = 0; i < matches.all.size(); ++i) {
    if (adjusted[i] > kFalseOrders) continue;
    const Match& match = matches.all[i];
    const bool one_is_better = match.one_is_less != higher_is_better;
    ++worse[one_is_better ? match.one : match.other];
    ++better[one_is_better ? match.other : match.one];
  }
  const auto ranked = static_cast<int>(std::ranges::count_if(
      targets, [](const BlockValues& values) { return values.size() >= kFewestRanked; }));
  std::vector<std::optional<RankRange>> ranks;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    ranks.emplace_back();
    if (targets[i].size() < kFewestRanked) continue;
    ranks.back() = RankRange{.first = 1 + better[i], .last = ranked - worse[i]};
  }
  return ranks;
}

}  // namespace tracetax

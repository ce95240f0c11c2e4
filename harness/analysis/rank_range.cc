// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/rank_range.h"

#include <utility>

#include "harness/stats/signed_rank.h"

namespace tracetax {
namespace {

constexpr double kRankLevel = 0.95;
constexpr std::size_t kFewestRanked = 6;  // below it there is no such interval

bool is_less(const BlockValues& one, const BlockValues& other) {
  std::vector<double> differences;
  for (const auto& [block, value] : one) {
    const auto paired = other.find(block);
    if (paired != other.end()) differences.push_back(value - paired->second);
  }
  const auto interval = signed_rank_interval(differences, kRankLevel);
  return interval && interval->high < 0;
}

}  // namespace

std::vector<std::optional<RankRange>> rank_ranges(std::span<const BlockValues> targets,
                                                  bool higher_is_better) {
  std::vector<std::optional<RankRange>> ranks;
  for (const BlockValues& own : targets) {
    ranks.emplace_back();
    if (own.size() < kFewestRanked) continue;
    int less = 0, more = 0, all = 0;
    for (const BlockValues& other : targets) {
      if (other.size() < kFewestRanked) continue;
      ++all;
      less += is_less(other, own) ? 1 : 0;
      more += is_less(own, other) ? 1 : 0;
    }
    if (higher_is_better) std::swap(less, more);
    ranks.back() = RankRange{.first = 1 + less, .last = all - more};
  }
  return ranks;
}

}  // namespace tracetax

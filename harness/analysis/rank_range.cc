// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/rank_range.h"

namespace tracetax {

std::vector<std::optional<RankRange>> rank_ranges(
    std::span<const std::optional<Interval>> intervals, bool higher_is_better) {
  const auto better = [&](const Interval& one, const Interval& other) {
    return higher_is_better ? one.low > other.high : one.high < other.low;
  };
  std::vector<std::optional<RankRange>> ranks;
  for (const std::optional<Interval>& own : intervals) {
    ranks.emplace_back();
    if (!own) continue;
    int before = 0, behind = 0, all = 0;
    for (const std::optional<Interval>& other : intervals) {
      if (!other) continue;
      ++all;
      before += better(*other, *own) ? 1 : 0;
      behind += better(*own, *other) ? 1 : 0;
    }
    ranks.back() = RankRange{.first = 1 + before, .last = all - behind};
  }
  return ranks;
}

}  // namespace tracetax

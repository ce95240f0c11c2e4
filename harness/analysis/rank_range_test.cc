// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/rank_range.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

using Ranks = std::vector<std::optional<RankRange>>;

std::optional<Interval> from_to(double low, double high) {
  return Interval{.low = low, .high = high, .level = 0.95};
}

TEST(RankRange, ThoseApartHaveOneRankEach) {
  const std::vector all{from_to(30, 31), from_to(10, 11), from_to(20, 21)};
  EXPECT_EQ(rank_ranges(all, true), (Ranks{{{1, 1}}, {{3, 3}}, {{2, 2}}}));
  EXPECT_EQ(rank_ranges(all, false), (Ranks{{{3, 3}}, {{1, 1}}, {{2, 2}}}));
}

/// A chain: the first overlaps the second, the second the third, the first not the third.
TEST(RankRange, ThoseThatOverlapShareTheirRanks) {
  const std::vector all{from_to(30, 40), from_to(20, 32), from_to(10, 22), from_to(1, 2)};
  EXPECT_EQ(rank_ranges(all, true), (Ranks{{{1, 2}}, {{1, 3}}, {{2, 3}}, {{4, 4}}}));
}

TEST(RankRange, TouchingIsOverlapping) {
  EXPECT_EQ(rank_ranges(std::vector{from_to(1, 2), from_to(2, 3)}, true),
            (Ranks{{{1, 2}}, {{1, 2}}}));
}

TEST(RankRange, WhatHasNoIntervalHasNoRank) {
  EXPECT_EQ(rank_ranges(std::vector{from_to(1, 2), std::optional<Interval>{}, from_to(3, 4)}, true),
            (Ranks{{{2, 2}}, std::nullopt, {{1, 1}}}));
  EXPECT_TRUE(rank_ranges({}, true).empty());
}

}  // namespace
}  // namespace tracetax

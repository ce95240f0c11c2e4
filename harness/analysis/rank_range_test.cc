// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/rank_range.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace tracetax {
namespace {

using Ranks = std::vector<std::optional<RankRange>>;

/// `blocks` values about `middle`. Blocks differ by up to 20, the same for all targets, and each
/// value by up to 0.3 of its own.
BlockValues about(double middle, int own, int blocks = 10) {
  BlockValues values;
  for (int block = 0; block < blocks; ++block)
    values[block] = middle + 5.0 * (block * 7 % 5) + 0.1 * ((block * 3 + own * 5) % 7 - 3);
  return values;
}

/// Their own intervals overlap widely: a block moves all of them by more than they differ.
TEST(RankRange, WhatABlockDoesToAllIsNoDifference) {
  const std::vector all{about(32, 0), about(30, 1), about(31, 2)};
  EXPECT_EQ(rank_ranges(all, true), (Ranks{{{1, 1}}, {{3, 3}}, {{2, 2}}}));
  EXPECT_EQ(rank_ranges(all, false), (Ranks{{{3, 3}}, {{1, 1}}, {{2, 2}}}));
}

TEST(RankRange, ThoseThatCannotBeToldApartShareTheirRanks) {
  const std::vector all{about(40, 0), about(40, 1), about(30, 2)};
  EXPECT_EQ(rank_ranges(all, true), (Ranks{{{1, 2}}, {{1, 2}}, {{3, 3}}}));
}

/// Ten targets that do not differ: 45 pairs, of which two or three would be told apart by chance if
/// each were tested at 5 % by itself. Together, one run in twenty tells any apart.
TEST(RankRange, ManyTargetsThatAreAlikeAreNotToldApart) {
  std::mt19937_64 random(5);
  std::normal_distribution<double> noise(0, 1);
  int runs_that_rank = 0;
  for (int run = 0; run < 100; ++run) {
    std::vector<BlockValues> all(10);
    for (BlockValues& target : all) {
      for (int block = 0; block < 12; ++block) target[block] = noise(random);
    }
    const Ranks ranks = rank_ranges(all, true);
    runs_that_rank += std::ranges::all_of(ranks,
                                          [](const auto& rank) {
                                            return rank == RankRange{1, 10};
                                          })
                          ? 0
                          : 1;
  }
  EXPECT_LE(runs_that_rank, 5 + 2 * 5);
}

TEST(RankRange, FewerThanSixBlocksHaveNoRankAndCountForNobody) {
  const std::vector all{about(1, 0), about(2, 1, 5), about(3, 2)};
  EXPECT_EQ(rank_ranges(all, true), (Ranks{{{2, 2}}, std::nullopt, {{1, 1}}}));
  EXPECT_TRUE(rank_ranges({}, true).empty());
}

TEST(RankRange, BlocksThatOneLacksArePairsForNobody) {
  BlockValues late;
  for (const auto& [block, value] : about(5, 1)) late[block + 5] = value;
  const std::vector all{about(1, 0), late};  // five blocks in common
  EXPECT_EQ(rank_ranges(all, true), (Ranks{{{1, 2}}, {{1, 2}}}));
}

}  // namespace
}  // namespace tracetax

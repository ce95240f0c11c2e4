// SPDX-License-Identifier: Apache-2.0
#include "harness/stats/rank_agreement.h"

#include <gtest/gtest.h>

#include <vector>

namespace tracetax {
namespace {

constexpr std::uint64_t kSeed = 7;

/// The same value in each of four blocks.
TwoWays steady(double x, double y) {
  TwoWays subject;
  for (int block = 0; block < 4; ++block) {
    subject.x[block] = x;
    subject.y[block] = y;
  }
  return subject;
}

TEST(RankAgreement, WithoutNoiseTheIntervalIsThePoint) {
  // Of six pairs of subjects five stand the same way round, one does not: (5 - 1) / 6.
  const std::vector all{steady(1, 10), steady(2, 30), steady(3, 20), steady(4, 40)};
  const auto found = rank_agreement(all, 200, kSeed);
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->tau, 4.0 / 6, 1e-12);
  EXPECT_NEAR(found->low, 4.0 / 6, 1e-12);
  EXPECT_NEAR(found->high, 4.0 / 6, 1e-12);
  EXPECT_EQ(found->subjects, 4);
  EXPECT_EQ(found->resamples, 200);
}

/// Two blocks that say the opposite. A quarter of the resamples holds the first alone, a quarter
/// the second: so the middle 95 % reach from -1 to 1, and the medians of both blocks decide tau.
TEST(RankAgreement, BlocksThatDisagreeAreInTheInterval) {
  std::vector<TwoWays> all;
  for (int i = 0; i < 4; ++i) {
    TwoWays subject;
    subject.x = {{0, i}, {1, i}};
    subject.y = {{0, 10.0 * i}, {1, -1.0 * i}};
    all.push_back(subject);
  }
  const auto found = rank_agreement(all, 1000, kSeed);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->tau, 1);
  EXPECT_EQ(found->low, -1);
  EXPECT_EQ(found->high, 1);
}

/// What a block does to all subjects alike changes no order, however large it is.
TEST(RankAgreement, WhatABlockDoesToAllIsNoNoise) {
  std::vector<TwoWays> all;
  for (int i = 0; i < 5; ++i) {
    TwoWays subject;
    for (int block = 0; block < 6; ++block) {
      subject.x[block] = i + 100.0 * block;
      subject.y[block] = 2 * i - 50.0 * block;
    }
    all.push_back(subject);
  }
  const auto found = rank_agreement(all, 500, kSeed);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->low, 1);
  EXPECT_EQ(found->high, 1);
}

TEST(RankAgreement, TheSeedDecides) {
  std::vector<TwoWays> all;
  for (int i = 0; i < 5; ++i) {
    TwoWays subject;
    for (int block = 0; block < 10; ++block) {
      subject.x[block] = i + (block * 7 + i * 3) % 5;
      subject.y[block] = i + (block * 3 + i * 5) % 7;
    }
    all.push_back(subject);
  }
  const auto one = rank_agreement(all, 500, 1), again = rank_agreement(all, 500, 1);
  ASSERT_TRUE(one && again);
  EXPECT_EQ(one->low, again->low);
  EXPECT_EQ(one->high, again->high);
  EXPECT_LT(one->low, one->tau);
}

TEST(RankAgreement, SubjectsWithoutBothAreLeftOutAndTwoAreTooFew) {
  std::vector all{steady(1, 1), steady(2, 2), steady(3, 3), TwoWays{{{0, 1.0}}, {}}};
  EXPECT_EQ(rank_agreement(all, 10, kSeed)->subjects, 3);
  all.erase(all.begin());
  EXPECT_FALSE(rank_agreement(all, 10, kSeed));
  EXPECT_FALSE(rank_agreement({}, 10, kSeed));
}

}  // namespace
}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/stats/signed_rank_ratio.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "harness/stats/signed_rank.h"

namespace tracetax {
namespace {

TEST(SignedRankRatio, OfProportionalPairsIsTheFactor) {
  const std::vector<double> below{1, 2, 3, 4, 5, 6, 7, 8};
  std::vector<double> above;
  for (const double value : below) above.push_back(3 * value);
  const auto found = signed_rank_ratio(above, below, 0.95);
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->ratio, 3, 1e-9);
  EXPECT_NEAR(found->low, 3, 1e-9);
  EXPECT_NEAR(found->high, 3, 1e-9);
}

/// With one and the same denominator it is the interval of the numerators, divided.
TEST(SignedRankRatio, OfAConstantIsTheNumeratorsInterval) {
  const std::vector<double> above{-1, 4, 2, 9, 3, 5, 7}, below(7, 2.0);
  const auto found = signed_rank_ratio(above, below, 0.95);
  const auto own = signed_rank_interval(above, 0.95);
  ASSERT_TRUE(found && own);
  EXPECT_NEAR(found->ratio, *hodges_lehmann(above) / 2, 1e-9);
  EXPECT_NEAR(found->low, own->low / 2, 1e-9);
  EXPECT_NEAR(found->high, own->high / 2, 1e-9);
  EXPECT_EQ(found->coverage, own->coverage);
}

TEST(SignedRankRatio, NothingWithoutBounds) {
  const std::vector<double> six{1, 2, 3, 4, 5, 6}, about_zero{-1, 2, -3, 4, -5, 6};
  EXPECT_FALSE(signed_rank_ratio(six, about_zero, 0.95));
  EXPECT_FALSE(signed_rank_ratio({six.data(), 5}, {six.data(), 5}, 0.95)) << "too few pairs";
  EXPECT_FALSE(signed_rank_ratio(six, {six.data(), 5}, 0.95)) << "no pairs";
  EXPECT_TRUE(signed_rank_ratio(about_zero, six, 0.95));
}

/// Of 500 samples of 10 pairs with a true ratio of 2.5 and noise in both, the interval holds it
/// in the stated share.
TEST(SignedRankRatio, CoversTheTruth) {
  std::mt19937_64 random(11);
  std::normal_distribution<double> noise(0, 1);
  int covered = 0, told = 0;
  for (int run = 0; run < 500; ++run) {
    std::vector<double> above, below;
    for (int i = 0; i < 10; ++i) {
      above.push_back(25 + 2 * noise(random));
      below.push_back(10 + noise(random));
    }
    const auto found = signed_rank_ratio(above, below, 0.95);
    if (!found) continue;
    ++told;
    covered += found->low <= 2.5 && 2.5 <= found->high ? 1 : 0;
  }
  EXPECT_EQ(told, 500);
  EXPECT_NEAR(covered / 500.0, 0.951, 0.03);
}

}  // namespace
}  // namespace tracetax

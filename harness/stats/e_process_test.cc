// SPDX-License-Identifier: Apache-2.0
#include "harness/stats/e_process.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace tracetax {
namespace {

/// Goal: the bets are fair. Method: sizes fixed, all 2^n equally likely sign patterns; the mean of
/// the wealth must be 1 after every difference, for both bettors.
TEST(BettingWealth, MeanOverAllSignsIsOneAtEveryStep) {
  const std::vector<std::vector<double>> cases{
      {1, 1, 1, 1, 1, 1},
      {0.02, 0.5, 0.01, 0.3, 0.011, 9, 0.2, 0.07, 0.4, 0.08},  // a spike, and sizes in disorder
      {1, 2, 4, 8, 16, 32, 64, 128},
      {3, 0, 1, 0, 2}};  // zeros are no bets
  for (const std::vector<double>& sizes : cases) {
    for (const Side side : {Side::greater, Side::less}) {
      std::vector<double> sum(sizes.size(), 0);
      const unsigned patterns = 1U << sizes.size();
      for (unsigned signs = 0; signs < patterns; ++signs) {
        std::vector<double> differences;
        for (std::size_t i = 0; i < sizes.size(); ++i) {
          differences.push_back((signs >> i & 1) != 0 ? sizes[i] : -sizes[i]);
        }
        const std::vector<double> path = betting_wealth(differences, 0, side);
        for (std::size_t i = 0; i < sizes.size(); ++i) sum[i] += path[i];
      }
      for (const double total : sum) EXPECT_NEAR(total / patterns, 1, 1e-12);
    }
  }
}

// By hand. The first weight is 1 / 1.5 of a lone median: 1 + kappa 2/3, mean of kappa 0.59. The
// second, 4 against the median 2.5 of {1, 4}, is 1 (4 > 3.75) and lost: 1 - kappa.
TEST(BettingWealth, KnownAnswer) {
  const std::vector<double> path = betting_wealth(std::vector<double>{1, -4}, 0, Side::greater);
  EXPECT_NEAR(path[0], 1 + 0.59 * 2 / 3, 1e-12);
  double expected = 0;
  for (const double kappa : {0.2, 0.4, 0.6, 0.8, 0.95}) {
    expected += (1 + kappa * 2 / 3) * (1 - kappa) / 5;
  }
  EXPECT_NEAR(path[1], expected, 1e-12);
}

TEST(BettingWealth, SidesAndShiftsMirror) {
  const std::vector<double> d{0.3, -0.1, 0.2, 0.5};
  std::vector<double> mirrored;
  for (const double value : d) mirrored.push_back(1 - value);
  EXPECT_NEAR(anytime_p(d, 0.05, Side::greater), anytime_p(mirrored, 0.95, Side::less), 1e-12);
}

TEST(BettingWealth, WhatSaysNothingChangesNothing) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> path =
      betting_wealth(std::vector<double>{2, kNan, 0.5, INFINITY}, 0.5, Side::less);
  EXPECT_LT(path[0], 1);
  EXPECT_EQ(path[1], path[0]);
  EXPECT_EQ(path[2], path[0]);
  EXPECT_EQ(path[3], path[0]);
}

TEST(AnytimeP, KeepsTheLargestWealth) {
  EXPECT_EQ(anytime_p({}, 0, Side::greater), 1);
  const std::vector<double> won{1, 1, 1, 1}, lost_later{1, 1, 1, 1, -1, -1, -1};
  EXPECT_EQ(anytime_p(won, 0, Side::greater), anytime_p(lost_later, 0, Side::greater));
  EXPECT_EQ(anytime_p(won, 0, Side::less), 1);
}

TEST(AnytimeP, SmallestIsReachedWhenEachSizeTopsTheRest) {
  std::vector<double> growing;
  for (int i = 0; i < 12; ++i) growing.push_back(std::pow(10, i));
  // All but the first bet have full weight; the first has two thirds.
  EXPECT_GT(anytime_p(growing, 0, Side::greater), smallest_anytime_p(12));
  EXPECT_LT(anytime_p(growing, 0, Side::greater), smallest_anytime_p(11));
  EXPECT_NEAR(smallest_anytime_p(0), 1, 1e-15);
  // By hand: (1.2^6 + 1.4^6 + 1.6^6 + 1.8^6 + 1.95^6) / 5 = 116.285 / 5.
  EXPECT_NEAR(smallest_anytime_p(6), 5 / 116.285331265625, 1e-12);
}

/// The interval is the set of shifts that neither bettor refutes: outside of it all are refuted.
TEST(BettingInterval, EndsWhereBettorsGiveUp) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> noise(1, 0.2);
  for (const int n : {10, 20, 40}) {
    std::vector<double> d;
    for (int i = 0; i < n; ++i) d.push_back(noise(random));
    const BettingInterval interval = betting_interval(d, 0.05).value();
    for (const double far : {0.0, 1e-3, 0.01, 0.1, 1.0, 10.0}) {
      EXPECT_LE(anytime_p(d, interval.low - far, Side::greater), 0.05) << n << ' ' << far;
      EXPECT_LE(anytime_p(d, interval.high + far, Side::less), 0.05) << n << ' ' << far;
    }
    EXPECT_GT(anytime_p(d, interval.low + 0.02, Side::greater), 0.05) << n;
    EXPECT_GT(anytime_p(d, interval.high - 0.02, Side::less), 0.05) << n;
  }
}

// Seven equal bets win (1.133^7 + 1.267^7 + 1.4^7 + 1.533^7 + 1.633^7) / 5 = 13.8, not 20: however
// far below, a shift is not refuted yet. Eight win 21.1.
TEST(BettingInterval, HasNoEndBeforeEightPairs) {
  const std::vector<double> seven{1, 1.1, 0.9, 1.05, 0.95, 1.02, 0.98};
  EXPECT_FALSE(betting_interval(seven, 0.05));
  std::vector<double> eight = seven;
  eight.push_back(1.01);
  const auto interval = betting_interval(eight, 0.05);
  ASSERT_TRUE(interval);
  EXPECT_LT(interval->low, 0.9);  // beyond every pair
  EXPECT_GT(interval->high, 1.1);
}

TEST(BettingInterval, EdgeCases) {
  EXPECT_FALSE(betting_interval({}, 0.05));
  EXPECT_FALSE(betting_interval(std::vector<double>{1, NAN, 2, 3, 4, 5, 6, 7, 8}, 0.05));
  for (const double value : {0.0, 2.5, -1e-300, 1e300}) {
    const std::vector<double> equal(12, value);
    const auto interval = betting_interval(equal, 0.05);
    ASSERT_TRUE(interval) << value;
    EXPECT_LE(interval->low, value);
    EXPECT_GE(interval->high, value);
    EXPECT_LE(interval->high - interval->low, std::abs(value) * 1e-5 + 1e-280);
  }
}

}  // namespace
}  // namespace tracetax

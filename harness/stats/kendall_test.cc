// Known answers were computed apart, in Python, by enumerating permutations (the last one by
// drawing them); here small cases are enumerated too.
// SPDX-License-Identifier: Apache-2.0
#include "harness/stats/kendall.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

namespace tracetax {
namespace {

/// Concordant less discordant pairs, by position in a permutation of 0..n-1.
int discordance(const std::vector<double>& order) {
  int sum = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (std::size_t j = i + 1; j < order.size(); ++j) sum += order[i] < order[j] ? 1 : -1;
  }
  return sum;
}

double enumerated_p(std::size_t n, int observed) {
  std::vector<double> order(n);
  std::iota(order.begin(), order.end(), 0);
  double extreme = 0, all = 0;
  do {
    all += 1;
    if (std::abs(discordance(order)) >= std::abs(observed)) extreme += 1;
  } while (std::next_permutation(order.begin(), order.end()));
  return extreme / all;
}

TEST(Kendall, EveryOrderOfFewValuesHasTheEnumeratedProbability) {
  for (std::size_t n = 3; n <= 6; ++n) {
    std::vector<double> x(n), y(n);
    std::iota(x.begin(), x.end(), 0);
    std::iota(y.begin(), y.end(), 0);
    const double pairs = static_cast<double>(n * (n - 1)) / 2;
    do {
      const auto found = kendall_tau(x, y);
      ASSERT_TRUE(found);
      EXPECT_NEAR(found->tau, discordance(y) / pairs, 1e-12);
      EXPECT_NEAR(found->p, enumerated_p(n, discordance(y)), 1e-12);
    } while (std::next_permutation(y.begin(), y.end()));
  }
}

TEST(Kendall, KnownAnswers) {
  const std::vector<double> bytes{234, 253, 264, 343, 457, 491, 639, 951};
  const std::vector<double> cost{1.9, 2.3, 2.1, 2.8, 3.9, 3.8, 5.6, 7.7};
  EXPECT_NEAR(kendall_tau(bytes, cost)->tau, 0.8571428571428571, 1e-12);
  EXPECT_NEAR(kendall_tau(bytes, cost)->p, 0.001736111111111111, 1e-12);
}

TEST(Kendall, TiesAreTakenOffBothSides) {
  const std::vector<double> x{1, 2, 2, 3, 4, 5}, y{2, 1, 3, 3, 5, 5};
  EXPECT_NEAR(kendall_tau(x, y)->tau, 0.7412493166611012, 1e-12);
  EXPECT_NEAR(kendall_tau(x, y)->p, 0.06666666666666667, 1e-12);
}

TEST(Kendall, ManyTiedValuesAreApproximated) {
  const std::vector<double> x{1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  const std::vector<double> y{7, 1, 2, 2, 12, 4, 5, 9, 3, 6, 10, 12};
  EXPECT_NEAR(kendall_tau(x, y)->p, 0.03604, 0.02);
}

/// Goal: with no relation, p below 0.05 is as rare as that. Method: 2,000 random orders of 20,
/// fixed seed.
TEST(Kendall, ByChanceOneInTwentyIsBelowOneTwentieth) {
  std::mt19937_64 random(11);
  std::vector<double> x(20), y(20);
  std::iota(x.begin(), x.end(), 0);
  std::iota(y.begin(), y.end(), 0);
  int below = 0;
  for (int run = 0; run < 2000; ++run) {
    std::shuffle(y.begin(), y.end(), random);
    below += kendall_tau(x, y)->p < 0.05 ? 1 : 0;
  }
  EXPECT_LE(below, 100 + 4 * 10);
  EXPECT_GE(below, 60);  // p has steps, so it is a little rarer
}

TEST(Kendall, IsTheSameEitherWayRoundAndTurnsWithOne) {
  const std::vector<double> x{3, 1, 4, 1, 5, 9, 2, 6}, y{2, 7, 1, 8, 2, 8, 1, 8};
  std::vector<double> negative = y;
  for (double& value : negative) value = -value;
  EXPECT_EQ(kendall_tau(x, y)->tau, kendall_tau(y, x)->tau);
  EXPECT_NEAR(kendall_tau(x, negative)->tau, -kendall_tau(x, y)->tau, 1e-15);
  EXPECT_NEAR(kendall_tau(x, negative)->p, kendall_tau(x, y)->p, 1e-12);
}

TEST(Kendall, NothingWhereNothingCanBeSaid) {
  const std::vector<double> two{1, 2}, equal{4, 4, 4}, three{1, 2, 3};
  const std::vector<double> odd{1, std::numeric_limits<double>::quiet_NaN(), 3};
  EXPECT_FALSE(kendall_tau(two, two));
  EXPECT_FALSE(kendall_tau(three, equal));
  EXPECT_FALSE(kendall_tau(odd, three));
  EXPECT_FALSE(kendall_tau({}, {}));
}

}  // namespace
}  // namespace tracetax

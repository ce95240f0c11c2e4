// SPDX-License-Identifier: Apache-2.0
#include "harness/stats/rank_sum.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace tracetax {
namespace {

using Values = std::vector<double>;

/// c, told by an interval whose k-th smallest difference is k: the differences 1 to mn, each once.
int critical_index(int m, int n, double alpha) {
  Values before, after;
  for (int i = 0; i < m; ++i) before.push_back(-static_cast<double>(i * n));
  for (int j = 1; j <= n; ++j) after.push_back(j);
  const auto interval = rank_sum_interval(before, after, 1 - 2 * alpha);
  return interval ? static_cast<int>(std::lround(interval->low)) : 0;
}

// Critical values of U as printed in tables (Conover, Practical Nonparametric Statistics, table A7;
// Siegel's table K): P(U <= U0) <= alpha, so c = U0 + 1. The small ones were enumerated too.
TEST(RankSumInterval, MatchesTheTables) {
  struct Row {
    int m, n, at_050, at_025;
  };
  for (const Row& row : {Row{3, 3, 1, 0}, Row{4, 4, 2, 1}, Row{5, 5, 5, 3}, Row{6, 6, 8, 6},
                         Row{5, 8, 9, 7}, Row{8, 5, 9, 7}, Row{8, 10, 21, 18}, Row{10, 10, 28, 24},
                         Row{20, 20, 139, 128}, Row{9, 17, 46, 40}}) {
    EXPECT_EQ(critical_index(row.m, row.n, 0.05), row.at_050) << row.m << ' ' << row.n;
    EXPECT_EQ(critical_index(row.m, row.n, 0.025), row.at_025) << row.m << ' ' << row.n;
  }
}

// Known answers: enumerated in Python with fractions over all ways to deal out the values.
TEST(RankSum, KnownAnswersWithoutTies) {
  const Values before{0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
  const Values after{1.15, 0.88, 0.90, 0.74, 1.21};
  EXPECT_NEAR(rank_sum_shift(before, after).value(), -0.305, 1e-12);
  const RankSumP p = rank_sum_p(before, after);
  EXPECT_NEAR(p.greater, 2693.0 / 3003, 1e-14);
  EXPECT_NEAR(p.less, 382.0 / 3003, 1e-14);
  const RankSumInterval wide = rank_sum_interval(before, after, 0.95).value();
  EXPECT_NEAR(wide.low, -0.76, 1e-12);
  EXPECT_NEAR(wide.high, 0.15, 1e-12);
  EXPECT_NEAR(wide.coverage, 961.0 / 1001, 1e-14);
  const RankSumInterval narrow = rank_sum_interval(before, after, 0.9).value();
  EXPECT_NEAR(narrow.low, -0.72, 1e-12);
  EXPECT_NEAR(narrow.high, 0.08, 1e-12);
  EXPECT_NEAR(narrow.coverage, 2705.0 / 3003, 1e-14);
}

TEST(RankSum, KnownAnswersWithTies) {
  const Values before{1, 2, 2, 3, 5, 5, 7}, after{2, 4, 5, 6, 6, 8};
  EXPECT_DOUBLE_EQ(rank_sum_shift(before, after).value(), 1.5);
  const RankSumP p = rank_sum_p(before, after);
  EXPECT_NEAR(p.greater, 15.0 / 143, 1e-14);
  EXPECT_NEAR(p.less, 1549.0 / 1716, 1e-14);
}

/// Every way to deal out small samples, by the definition itself.
TEST(RankSum, IsTheShareOfAllDeals) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 60; ++round) {
    const std::size_t m = 1 + random() % 5, n = 1 + random() % 5;
    Values all(m + n);
    for (double& value : all) value = static_cast<double>(random() % 6);  // ties are common
    const auto rank = [&](double value) {
      double below = 0, equal = 0;
      for (const double other : all) {
        below += other < value ? 1 : 0;
        equal += other == value ? 1 : 0;
      }
      return below + (equal + 1) / 2;
    };
    double observed = 0;
    for (std::size_t i = m; i < m + n; ++i) observed += rank(all[i]);
    double deals = 0, higher = 0, lower = 0;
    for (unsigned dealt = 0; dealt < (1U << (m + n)); ++dealt) {
      if (static_cast<std::size_t>(std::popcount(dealt)) != n) continue;
      double sum = 0;
      for (std::size_t i = 0; i < m + n; ++i) sum += (dealt >> i & 1U) != 0 ? rank(all[i]) : 0;
      deals += 1;
      higher += sum >= observed ? 1 : 0;
      lower += sum <= observed ? 1 : 0;
    }
    const auto middle = all.begin() + static_cast<std::ptrdiff_t>(m);
    const RankSumP p = rank_sum_p(Values(all.begin(), middle), Values(middle, all.end()));
    EXPECT_NEAR(p.greater, higher / deals, 1e-12);
    EXPECT_NEAR(p.less, lower / deals, 1e-12);
  }
}

TEST(RankSum, ShiftIsTakenOffAfter) {
  const Values before{1, 2, 4, 8}, after{4, 5.5, 7, 9.25, 12};
  const Values back{1, 2.5, 4, 6.25, 9};
  EXPECT_DOUBLE_EQ(rank_sum_p(before, after, 3).greater, rank_sum_p(before, back).greater);
  EXPECT_DOUBLE_EQ(rank_sum_p(before, after, 3).less, rank_sum_p(before, back).less);
}

TEST(RankSum, TurnsRoundWithTheSamples) {
  const Values left{0.1, 0.7, 0.3, 0.9, 0.2}, right{0.5, 1.4, 0.8, 0.6};
  const RankSumP forth = rank_sum_p(left, right), back = rank_sum_p(right, left);
  EXPECT_DOUBLE_EQ(forth.greater, back.less);
  EXPECT_DOUBLE_EQ(forth.less, back.greater);
  EXPECT_DOUBLE_EQ(rank_sum_shift(left, right).value(), -rank_sum_shift(right, left).value());
}

// The interval is the test turned round: a shift just inside is not refuted, one just outside is.
TEST(RankSumInterval, HoldsWhatTheTestDoesNotRefute) {
  std::mt19937_64 random(11);
  std::normal_distribution<double> noise;
  for (int round = 0; round < 20; ++round) {
    Values before(static_cast<std::size_t>(6 + round % 5)), after(9);
    for (double& value : before) value = noise(random);
    for (double& value : after) value = 1 + noise(random);
    const RankSumInterval interval = rank_sum_interval(before, after, 0.9).value();
    EXPECT_LE(rank_sum_p(before, after, interval.low - 1e-9).greater, 0.05);
    EXPECT_GT(rank_sum_p(before, after, interval.low + 1e-9).greater, 0.05);
    EXPECT_GT(rank_sum_p(before, after, interval.high - 1e-9).less, 0.05);
    EXPECT_LE(rank_sum_p(before, after, interval.high + 1e-9).less, 0.05);
    EXPECT_GE(interval.coverage, 0.9);
  }
}

TEST(RankSumInterval, NeedsValuesEnough) {
  EXPECT_FALSE(rank_sum_interval(Values{1, 2}, Values{1, 2, 3}, 0.9));
  EXPECT_TRUE(rank_sum_interval(Values{1, 2, 3}, Values{1, 2, 3}, 0.9));  // 2 of 20 ways
}

TEST(RankSum, NothingToTellIsNoEvidence) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const Values& bad : {Values{}, Values{1, nan}}) {
    EXPECT_FALSE(rank_sum_shift(bad, Values{1}));
    EXPECT_FALSE(rank_sum_interval(Values{1, 2, 3, 4}, bad, 0.9));
    EXPECT_EQ(rank_sum_p(bad, Values{1}).greater, 1);
    EXPECT_EQ(rank_sum_p(Values{1}, bad).less, 1);
  }
  const RankSumP equal = rank_sum_p(Values(10, 4.0), Values(10, 4.0));
  EXPECT_EQ(equal.greater, 1);
  EXPECT_EQ(equal.less, 1);
  const RankSumP many = rank_sum_p(Values(150, 4.0), Values(150, 4.0));
  EXPECT_EQ(many.greater, 1);
}

// At the border both ways of reckoning are open; they must meet.
TEST(RankSum, LargeSamplesGoOnWhereExactOnesEnd) {
  std::mt19937_64 random(5);
  std::normal_distribution<double> noise;
  Values before(100), after(100);
  for (double& value : before) value = noise(random);
  for (double& value : after) value = 0.2 + noise(random);
  const double exact = rank_sum_p(before, after).greater;
  const RankSumInterval exact_interval = rank_sum_interval(before, after, 0.9).value();
  before.push_back(before[0] + 20);  // above everything, then below everything
  after.push_back(30);
  before.push_back(-20);
  after.push_back(-30);
  EXPECT_NEAR(rank_sum_p(before, after).greater, exact, 0.01);
  const RankSumInterval interval = rank_sum_interval(before, after, 0.9).value();
  EXPECT_NEAR(interval.low, exact_interval.low, 0.05);
  EXPECT_NEAR(interval.high, exact_interval.high, 0.05);
  EXPECT_NEAR(interval.coverage, 0.9, 0.001);
}

// The error rate that the word "exact" promises, by simulation: at most 5 % of 4,000, give or take
// three standard errors (0.35 % each).
TEST(RankSum, HoldsItsLevel) {
  std::mt19937_64 random(13);
  std::student_t_distribution<double> noise(3);
  int refuted = 0;
  for (int round = 0; round < 4000; ++round) {
    Values before(9), after(12);
    for (double& value : before) value = noise(random);
    for (double& value : after) value = noise(random);
    refuted += rank_sum_p(before, after).greater <= 0.05 ? 1 : 0;
  }
  EXPECT_LT(refuted, 4000 * 0.0605);
  EXPECT_GT(refuted, 4000 * 0.035);
}

}  // namespace
}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/stats/signed_rank.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

namespace tracetax {
namespace {

TEST(SignedRankCritical, MatchesTheKnownConstants) {
  struct Row {
    int n, at_050, at_025, at_010;
  };
  for (const Row& row : {Row{5, 1, 0, 0}, Row{6, 3, 1, 0}, Row{8, 6, 4, 2}, Row{10, 11, 9, 6},
                         Row{20, 61, 53, 44}, Row{30, 152, 138, 121}, Row{40, 287, 265, 239}}) {
    EXPECT_EQ(signed_rank_critical(row.n, 0.05), row.at_050) << row.n;
    EXPECT_EQ(signed_rank_critical(row.n, 0.025), row.at_025) << row.n;
    EXPECT_EQ(signed_rank_critical(row.n, 0.01), row.at_010) << row.n;
  }
  EXPECT_EQ(signed_rank_critical(20, 0.015), 48);
}

TEST(SignedRankCritical, TurnsExactlyAtTheSmallestProbability) {
  EXPECT_EQ(signed_rank_critical(6, 1.0 / 64), 1);  // P(W+ <= 0) = 2^-6
  EXPECT_EQ(signed_rank_critical(6, std::nextafter(1.0 / 64, 0.0)), 0);
  EXPECT_EQ(signed_rank_critical(0, 0.5), 0);
}

// Known answers: enumerated in Python with fractions, all 2^n signs, mid-ranks over every |d| with
// the zeros' ranks left out. The first case has no ties, the second has ties and zeros.
TEST(SignedRank, KnownAnswersWithoutTies) {
  const std::vector<double> d{1.83, 0.50, -0.67, 1.12, -0.13, 2.04, 0.95, -0.40, 1.33, 0.71};
  EXPECT_NEAR(hodges_lehmann(d).value(), 0.725, 1e-12);
  const SignedRankInterval interval = signed_rank_interval(d, 0.95).value();
  EXPECT_NEAR(interval.low, 0.05, 1e-12);
  EXPECT_NEAR(interval.high, 1.39, 1e-12);
  EXPECT_DOUBLE_EQ(interval.coverage, 0.951171875);
  const SignedRankP p = signed_rank_p(d);
  EXPECT_DOUBLE_EQ(p.greater, 19.0 / 1024);
  EXPECT_DOUBLE_EQ(p.less, 1010.0 / 1024);
}

TEST(SignedRank, KnownAnswersWithTiesAndZeros) {
  const std::vector<double> d{3, -1, 0, 2, 2, -2, 5, 0, 1};
  EXPECT_DOUBLE_EQ(hodges_lehmann(d).value(), 1.0);
  const SignedRankInterval interval = signed_rank_interval(d, 0.95).value();
  EXPECT_DOUBLE_EQ(interval.low, -0.5);
  EXPECT_DOUBLE_EQ(interval.high, 3.0);
  EXPECT_DOUBLE_EQ(interval.coverage, 0.9609375);
  const SignedRankP p = signed_rank_p(d);
  EXPECT_DOUBLE_EQ(p.greater, 15.0 / 128);
  EXPECT_DOUBLE_EQ(p.less, 119.0 / 128);
}

TEST(SignedRank, ShiftIsTakenOffFirst) {
  const std::vector<double> d{4, 0, 1, 3, 3, -1, 6, 1, 2};  // the case above, plus 1
  EXPECT_DOUBLE_EQ(signed_rank_p(d, 1).greater, 15.0 / 128);
}

TEST(SignedRank, SixPairsAreTheFewestForNinetyFivePercent) {
  const std::vector<double> six{1, 2, 3, 4, 5, 6};
  const SignedRankInterval interval = signed_rank_interval(six, 0.95).value();
  EXPECT_DOUBLE_EQ(interval.low, 1);
  EXPECT_DOUBLE_EQ(interval.high, 6);
  EXPECT_DOUBLE_EQ(interval.coverage, 0.96875);
  const std::vector<double> five{1, 2, 3, 4, 5};
  EXPECT_FALSE(signed_rank_interval(five, 0.95).has_value());
  EXPECT_TRUE(signed_rank_interval(five, 0.90).has_value());
}

TEST(SignedRank, NothingToSayAboutNothing) {
  EXPECT_FALSE(hodges_lehmann({}).has_value());
  EXPECT_FALSE(signed_rank_interval({}, 0.95).has_value());
  const std::vector<double> zeros(8, 0.0);
  EXPECT_DOUBLE_EQ(signed_rank_p(zeros).greater, 1);
  EXPECT_DOUBLE_EQ(signed_rank_p(zeros).less, 1);
  EXPECT_DOUBLE_EQ(signed_rank_p({}).greater, 1);
  const std::vector<double> broken{1, std::numeric_limits<double>::quiet_NaN()};
  EXPECT_FALSE(hodges_lehmann(broken).has_value());
  EXPECT_FALSE(signed_rank_interval(broken, 0.5).has_value());
  EXPECT_DOUBLE_EQ(signed_rank_p(broken).greater, 1);
}

/// P(W+ >= observed) and P(W+ <= observed) the slow way: every sign pattern, ranks counted pair by
/// pair.
SignedRankP by_enumeration(const std::vector<double>& d) {
  std::vector<double> ranks;
  double observed = 0;
  for (const double difference : d) {
    if (difference == 0) continue;
    double rank = 0.5;
    for (const double other : d) {
      if (std::abs(other) < std::abs(difference)) rank += 1;
      if (std::abs(other) == std::abs(difference)) rank += 0.5;
    }
    ranks.push_back(rank);
    if (difference > 0) observed += rank;
  }
  const std::uint64_t patterns = std::uint64_t{1} << ranks.size();
  std::uint64_t greater = 0, less = 0;
  for (std::uint64_t signs = 0; signs < patterns; ++signs) {
    double sum = 0;
    for (std::size_t i = 0; i < ranks.size(); ++i) sum += (signs >> i & 1) != 0 ? ranks[i] : 0;
    greater += sum >= observed ? 1 : 0;
    less += sum <= observed ? 1 : 0;
  }
  return {.greater = static_cast<double>(greater) / static_cast<double>(patterns),
          .less = static_cast<double>(less) / static_cast<double>(patterns)};
}

TEST(SignedRank, ProbabilityEqualsEnumerationWithTiesAndZeros) {
  std::mt19937_64 random(20240607);
  for (int n = 1; n <= 12; ++n) {
    for (int repeat = 0; repeat < 12; ++repeat) {
      // Few distinct values, so that ties and zeros are the rule; every third case has none.
      std::uniform_int_distribution<int> few(-3, 4);
      std::normal_distribution<double> many(0.3, 1.0);
      std::vector<double> d;
      for (int i = 0; i < n; ++i) d.push_back(repeat % 3 == 0 ? many(random) : few(random));
      const SignedRankP expected = by_enumeration(d);
      const SignedRankP p = signed_rank_p(d);
      EXPECT_DOUBLE_EQ(p.greater, expected.greater) << "n = " << n;
      EXPECT_DOUBLE_EQ(p.less, expected.less) << "n = " << n;
    }
  }
}

/// The interval is the set of shifts that the two-sided test keeps: that ties both halves together.
TEST(SignedRank, IntervalEndsWhereTheTestTurns) {
  std::mt19937_64 random(7);
  std::normal_distribution<double> noise(1.0, 2.0);
  for (const int n : {6, 9, 14, 25, 40}) {
    std::vector<double> d;
    for (int i = 0; i < n; ++i) d.push_back(noise(random));
    const SignedRankInterval interval = signed_rank_interval(d, 0.95).value();
    const double step = 1e-9;
    EXPECT_LE(signed_rank_p(d, interval.low - step).greater, 0.025) << n;
    EXPECT_GT(signed_rank_p(d, interval.low + step).greater, 0.025) << n;
    EXPECT_LE(signed_rank_p(d, interval.high + step).less, 0.025) << n;
    EXPECT_GT(signed_rank_p(d, interval.high - step).less, 0.025) << n;
  }
}

/// Goal: the stated coverage is the true one, for a distribution with heavy tails as well. Method:
/// 20,000 samples of n pairs around a known centre, fixed seed; four standard errors of room.
TEST(SignedRank, IntervalCoversAsOftenAsStated) {
  std::mt19937_64 random(42);
  std::normal_distribution<double> normal(0.05, 0.01);
  std::student_t_distribution<double> heavy(2.0);
  constexpr int kSamples = 20'000;
  for (const int n : {6, 10, 20}) {
    for (const bool heavy_tails : {false, true}) {
      int covered = 0;
      double coverage = 0;
      for (int sample = 0; sample < kSamples; ++sample) {
        std::vector<double> d;
        for (int i = 0; i < n; ++i) {
          d.push_back(heavy_tails ? 0.05 + 0.01 * heavy(random) : normal(random));
        }
        const SignedRankInterval interval = signed_rank_interval(d, 0.95).value();
        covered += interval.low <= 0.05 && 0.05 <= interval.high ? 1 : 0;
        coverage = interval.coverage;
      }
      const double error = std::sqrt(coverage * (1 - coverage) / kSamples);
      EXPECT_NEAR(static_cast<double>(covered) / kSamples, coverage, 4 * error)
          << "n = " << n << (heavy_tails ? ", heavy tails" : ", normal");
      EXPECT_GE(coverage, 0.95);
    }
  }
}

}  // namespace
}  // namespace tracetax

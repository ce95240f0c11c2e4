// The plan of due times: exact for constant arrivals, of the right distribution for Poisson ones,
// and a function of seed and number alone.
// SPDX-License-Identifier: Apache-2.0
#include "harness/load/arrival_stream.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace tracetax {
namespace {

constexpr std::uint64_t kSeed = 20'260'101;

// The first `count` due times of each worker, in order of time.
std::vector<std::int64_t> due_times(Arrivals arrivals, double rate, std::uint64_t seed, int workers,
                                    int count) {
  std::vector<std::int64_t> times;
  for (int worker = 0; worker < workers; ++worker) {
    ArrivalStream stream{arrivals, rate, seed, worker, workers};
    for (int i = 0; i < count; ++i, stream.advance()) times.push_back(stream.due_ns());
  }
  std::sort(times.begin(), times.end());
  return times;
}

// The gaps up to the time that all workers have reached, in units of the mean gap.
std::vector<double> gaps_of(double rate, int workers, int count) {
  std::int64_t end = INT64_MAX;
  for (int worker = 0; worker < workers; ++worker) {
    ArrivalStream stream{Arrivals::poisson, rate, kSeed, worker, workers};
    for (int i = 0; i < count - 1; ++i) stream.advance();
    end = std::min(end, stream.due_ns());
  }
  std::vector<double> gaps;
  std::int64_t last = 0;
  for (const std::int64_t due : due_times(Arrivals::poisson, rate, kSeed, workers, count)) {
    if (due > end) break;
    gaps.push_back(static_cast<double>(due - last) * rate / 1e9);
    last = due;
  }
  return gaps;
}

// Kolmogorov-Smirnov distance from the exponential distribution of mean 1, times the root of n.
double distance_from_exponential(std::vector<double> gaps) {
  std::sort(gaps.begin(), gaps.end());
  const auto n = static_cast<double>(gaps.size());
  double distance = 0;
  for (std::size_t i = 0; i < gaps.size(); ++i) {
    const double expected = 1 - std::exp(-gaps[i]);
    distance = std::max({distance, expected - static_cast<double>(i) / n,
                         static_cast<double>(i + 1) / n - expected});
  }
  return distance * std::sqrt(n);
}

void expect_exponential(const std::vector<double>& gaps) {
  const auto n = static_cast<double>(gaps.size());
  double sum = 0, squares = 0, neighbours = 0;
  for (std::size_t i = 0; i < gaps.size(); ++i) {
    sum += gaps[i];
    squares += (gaps[i] - 1) * (gaps[i] - 1);
    if (i > 0) neighbours += (gaps[i] - 1) * (gaps[i - 1] - 1);
  }
  // Four standard errors each: the mean has 1/sqrt(n), the variance sqrt(8/n), the correlation
  // 1/sqrt(n).
  EXPECT_NEAR(sum / n, 1, 4 / std::sqrt(n));
  EXPECT_NEAR(squares / n, 1, 4 * std::sqrt(8 / n));
  EXPECT_NEAR(neighbours / n, 0, 4 / std::sqrt(n));
  EXPECT_LT(distance_from_exponential(gaps), 1.63);  // the 1 % point
}

TEST(Arrivals, ConstantIsNumberOverRate) {
  ArrivalStream stream{Arrivals::constant, 1000, kSeed, 0, 1};
  for (std::uint64_t k = 0; k < 5000; ++k, stream.advance()) {
    EXPECT_EQ(stream.number(), k);
    EXPECT_EQ(stream.due_ns(), static_cast<std::int64_t>(k) * 1'000'000);
  }
}

TEST(Arrivals, ConstantDoesNotDriftOverABillionRequests) {
  // One step of the first of 10^9 workers is 10^9 requests.
  for (const int rate : {3, 7, 1000, 30'000, 999'999}) {
    ArrivalStream stream{Arrivals::constant, static_cast<double>(rate), kSeed, 0, 1'000'000'000};
    stream.advance();
    ASSERT_EQ(stream.number(), 1'000'000'000U);
    const auto exact = 1'000'000'000.0L * 1'000'000'000.0L / static_cast<long double>(rate);
    EXPECT_NEAR(static_cast<double>(stream.due_ns() - std::llround(exact)), 0,
                1 + 1e-15 * static_cast<double>(exact))
        << rate;
  }
}

TEST(Arrivals, ConstantIsTheSameForAnyNumberOfWorkers) {
  EXPECT_EQ(due_times(Arrivals::constant, 3333, kSeed, 1, 300),
            due_times(Arrivals::constant, 3333, kSeed, 3, 100));
}

TEST(Arrivals, PoissonGapsAreExponentialAndIndependent) {
  expect_exponential(gaps_of(1000, 1, 20'000));
}

TEST(Arrivals, WorkersTogetherArePoissonAtTheWholeRate) {
  expect_exponential(gaps_of(5000, 4, 5'000));
}

TEST(Arrivals, TheSameSeedIsTheSamePlanAndAnotherIsAnother) {
  const auto plan = due_times(Arrivals::poisson, 1000, kSeed, 2, 100);
  EXPECT_EQ(plan, due_times(Arrivals::poisson, 1000, kSeed, 2, 100));
  EXPECT_NE(plan, due_times(Arrivals::poisson, 1000, kSeed + 1, 2, 100));
}

TEST(Arrivals, WorkersShareTheNumbers) {
  for (const Arrivals arrivals : {Arrivals::constant, Arrivals::poisson}) {
    ArrivalStream second{arrivals, 1000, kSeed, 1, 3};
    for (const std::uint64_t number : {1U, 4U, 7U}) {
      EXPECT_EQ(second.number(), number);
      second.advance();
    }
  }
}

TEST(Arrivals, TimeNeverRunsBackwards) {
  ArrivalStream stream{Arrivals::poisson, 5e8, kSeed, 0, 1};  // gaps near the rounding
  std::int64_t last = stream.due_ns();
  EXPECT_GE(last, 0);
  for (int i = 0; i < 10'000; ++i) {
    stream.advance();
    EXPECT_GE(stream.due_ns(), last);
    last = stream.due_ns();
  }
}

// What one worker after the other makes is what one makes alone.
TEST(ArrivalStream, SharesACurveAmongWorkersWithoutLoss) {
  const std::vector<RateStage> stages{{std::chrono::seconds{1}, 200},
                                      {std::chrono::seconds{1}, 50}};
  const RateCurve curve(0, stages);
  std::vector<std::int64_t> due;
  for (int worker = 0; worker < 3; ++worker) {
    ArrivalStream stream(Arrivals::constant, curve, 1, worker, 3);
    for (; stream.due_ns() != INT64_MAX; stream.advance()) {
      due.resize(std::max<std::size_t>(due.size(), stream.number() + 1), -1);
      due[stream.number()] = stream.due_ns();
    }
  }
  ASSERT_EQ(due.size(), 225U);
  for (std::size_t k = 0; k < due.size(); ++k)
    EXPECT_EQ(due[k], curve.due_ns(static_cast<double>(k))) << k;
}

// Poisson arrivals: counts of each stage within five standard deviations of its integral.
TEST(ArrivalStream, IsPoissonOverACurveToo) {
  const std::vector<RateStage> stages{{std::chrono::seconds{10}, 4000},
                                      {std::chrono::seconds{10}, 0},
                                      {std::chrono::seconds{5}, 0}};
  const RateCurve curve(0, stages);
  constexpr std::int64_t kStage = 10'000'000'000;
  std::vector<double> counts(3);
  for (int worker = 0; worker < 2; ++worker) {
    ArrivalStream stream(Arrivals::poisson, curve, 7, worker, 2);
    for (std::int64_t last = 0; stream.due_ns() != INT64_MAX; stream.advance()) {
      EXPECT_GE(stream.due_ns(), last);
      last = stream.due_ns();
      ++counts[static_cast<std::size_t>(last / (kStage))];
    }
  }
  EXPECT_NEAR(counts[0], 20'000, 5 * std::sqrt(20'000));
  EXPECT_NEAR(counts[1], 20'000, 5 * std::sqrt(20'000));
  EXPECT_EQ(counts[2], 0);
}

}  // namespace
}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/core/request/rate_curve.h"

#include <gtest/gtest.h>

#include <cmath>

namespace tracetax {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::int64_t kS = 1'000'000'000;

TEST(RateCurve, HoldsARateAsAConstantStreamDoes) {
  const std::vector<RateStage> stages{{seconds{2}, 1000}};
  const RateCurve curve(1000, stages);
  EXPECT_DOUBLE_EQ(curve.total(), 2000);
  for (const double k : {0.0, 1.0, 999.0, 1999.0})
    EXPECT_EQ(curve.due_ns(k), std::llround(k * 1e6)) << k;
  EXPECT_EQ(curve.due_ns(2000), INT64_MAX);
}

TEST(RateCurve, RisesEvenly) {
  // 0 to 100/s in 10 s: 5 t^2 are due by t.
  const std::vector<RateStage> stages{{seconds{10}, 100}};
  const RateCurve curve(0, stages);
  EXPECT_DOUBLE_EQ(curve.total(), 500);
  EXPECT_EQ(curve.due_ns(0), 0);
  EXPECT_EQ(curve.due_ns(5), kS);
  EXPECT_EQ(curve.due_ns(20), 2 * kS);
  EXPECT_EQ(curve.due_ns(405), 9 * kS);
}

TEST(RateCurve, FallsToNothingAndStandsStill) {
  // 100 to 0 in 2 s, nothing for 3 s, then at once 10/s for 1 s.
  const std::vector<RateStage> stages{
      {seconds{2}, 0}, {seconds{3}, 0}, {Nanos{0}, 10}, {seconds{1}, 10}};
  const RateCurve curve(100, stages);
  EXPECT_DOUBLE_EQ(curve.total(), 110);
  EXPECT_DOUBLE_EQ(curve.total_after(0), 100);
  EXPECT_DOUBLE_EQ(curve.total_after(1), 100);
  EXPECT_DOUBLE_EQ(curve.total_after(3), 110);
  EXPECT_EQ(curve.due_ns(75), kS);
  EXPECT_EQ(curve.due_ns(100), 5 * kS);
  EXPECT_EQ(curve.due_ns(105), 5 * kS + kS / 2);
  EXPECT_EQ(curve.due_ns(110), INT64_MAX);
}

TEST(RateCurve, CountsAllThatIsDueWhateverTheDecimals) {
  const std::vector<RateStage> stages{{milliseconds{100}, 333.3}, {milliseconds{29'900}, 333.3}};
  const RateCurve curve(333.3, stages);
  EXPECT_DOUBLE_EQ(curve.total(), 9999);
  EXPECT_LT(curve.due_ns(9998), 30 * kS);
  EXPECT_EQ(curve.due_ns(9999), INT64_MAX);
}

}  // namespace
}  // namespace tracetax

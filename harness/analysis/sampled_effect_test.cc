// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/sampled_effect.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "harness/core/testing.h"

namespace tracetax {
namespace {

using testing::make_void;
using testing::test_run;
using testing::test_suite;

/// Exponential response times of 400 us over a floor of 100 us; sampled ones take `factor` times as
/// long, and each block is on a level of its own.
RunResult run_with_factor(double factor, int blocks = 10) {
  std::mt19937_64 random(41);
  std::exponential_distribution<double> tail(1.0 / 400'000);
  return test_run(test_suite(blocks), [&](SegmentRecord& segment) {
    segment.times.response_sampled.reset();
    segment.times.response_unsampled.reset();
    const double level = 1 + 0.3 * (segment.spec.block % 3);
    const int sampled = static_cast<int>(4'000 * segment.sampled_share);
    for (int i = 0; i < 4'000; ++i) {
      const double ns = level * (100'000 + tail(random));
      if (i < sampled) {
        segment.times.response_sampled.record(std::llround(factor * ns));
      } else {
        segment.times.response_unsampled.record(std::llround(ns));
      }
    }
  });
}

TEST(SampledEffect, FindsWhatSamplingAdds) {
  const std::vector<SampledEffect> effects = sampled_effects(run_with_factor(1.2));
  // on@1 %: 40 sampled requests a segment support a p50 (20) and no p90 (100).
  ASSERT_EQ(effects.size(), 3U);
  EXPECT_EQ(effects[0].arm, "on@1%");
  EXPECT_EQ(effects[0].quantile, 0.5);
  for (const SampledEffect& effect : effects) {
    EXPECT_LT(effect.interval_pct.low, 20) << effect.arm << " p" << effect.quantile;
    EXPECT_GT(effect.interval_pct.high, 20) << effect.arm << " p" << effect.quantile;
    EXPECT_EQ(effect.blocks, 10);
  }
  EXPECT_EQ(effects[2].arm, "on@10%");
  EXPECT_EQ(effects[2].quantile, 0.9);
  EXPECT_GT(effects[1].interval_pct.low, 5) << "of 400 sampled requests a segment";
}

TEST(SampledEffect, OfNothingHoldsZero) {
  const std::vector<SampledEffect> effects = sampled_effects(run_with_factor(1));
  ASSERT_EQ(effects.size(), 3U);
  for (const SampledEffect& effect : effects) {
    EXPECT_LT(effect.interval_pct.low, 0) << effect.arm;
    EXPECT_GT(effect.interval_pct.high, 0) << effect.arm;
  }
}

TEST(SampledEffect, NeedsSixValidSegmentsAndACallerThatDecides) {
  EXPECT_TRUE(sampled_effects(run_with_factor(1.2, 5)).empty());
  RunResult result = run_with_factor(1.2, 6);
  EXPECT_EQ(sampled_effects(result).size(), 3U);
  result.suite.load.sampling = Sampling::target;  // then the driver does not know which were
  EXPECT_TRUE(sampled_effects(result).empty());
  result.suite.load.sampling = Sampling::caller;
  for (SegmentRecord& segment : result.segments) {
    if (segment.spec.block == 2) make_void(segment, VoidRule::driver_lag);
  }
  EXPECT_TRUE(sampled_effects(result).empty());
}

}  // namespace
}  // namespace tracetax

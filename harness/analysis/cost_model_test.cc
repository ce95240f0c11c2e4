// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/cost_model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "harness/core/testing.h"

namespace tracetax {
namespace {

using testing::set_cpu_us;
using testing::test_run;
using testing::test_suite;

TEST(CostModel, ExactLineIsFoundExactly) {
  const CostModel model = fit_cost_model(test_run(test_suite(6)), 0);  // 20 + 0.6 + 5 r
  EXPECT_EQ(model.blocks, 6);
  EXPECT_EQ(model.reason, "");
  EXPECT_NEAR(model.off_us.value(), 20, 1e-9);
  EXPECT_NEAR(model.a_us.value(), 0.6, 1e-9);
  EXPECT_NEAR(model.b_us.value(), 5, 1e-9);
  EXPECT_NEAR(model.b_interval->low, 5, 1e-9);
  EXPECT_NEAR(model.b_interval->high, 5, 1e-9);
  EXPECT_DOUBLE_EQ(model.b_interval->level, 0.96875);
  EXPECT_FALSE(model.r2.has_value()) << "three points leave one number to judge a line by";
  ASSERT_EQ(model.slopes.size(), 2U);
  EXPECT_EQ(model.slopes[0].from.share(), 0.01);
  EXPECT_EQ(model.slopes[0].to.share(), 0.1);
  EXPECT_EQ(model.slopes[1].to.share(), 1);
  for (const CostSlope& slope : model.slopes) EXPECT_NEAR(slope.b_us, 5, 1e-9);
  EXPECT_FALSE(model.bends.value());
}

/// on@50% beside the usual arms.
Suite four_rates() {
  Suite suite = test_suite(6);
  suite.arms.insert(suite.arms.end() - 1, testing::test_arm("on@50%", ArmRole::traced, 0.5));
  return suite;
}

/// Costs of 0.65, 1.1, 3.1 and 3.6 us at 1, 10, 50 and 100 %: the last is 2 us too cheap for the
/// line of the others. R2 by hand, in Python: numpy.corrcoef(rates, costs)[0, 1] ** 2.
TEST(CostModel, R2SaysHowStraightTheLineIs) {
  EXPECT_NEAR(fit_cost_model(test_run(four_rates()), 0).r2.value(), 1, 1e-12);
  const RunResult result = test_run(four_rates(), [](SegmentRecord& segment) {
    if (segment.arm == "on@100%") set_cpu_us(segment, 23.6);
  });
  EXPECT_NEAR(fit_cost_model(result, 0).r2.value(), 0.8950055322762119, 1e-9);
}

/// The same with three rates: 5 us from 1 to 10 %, 2.78 us from there to 100 %.
TEST(CostModel, ALineThatBendsIsSaid) {
  const RunResult result = test_run(test_suite(6), [](SegmentRecord& segment) {
    if (segment.arm == "on@100%") set_cpu_us(segment, 23.6);
  });
  const CostModel model = fit_cost_model(result, 0);
  ASSERT_EQ(model.slopes.size(), 2U);
  EXPECT_NEAR(model.slopes[0].b_us, 5, 1e-9);
  EXPECT_NEAR(model.slopes[1].b_us, 2.5 / 0.9, 1e-9);
  EXPECT_TRUE(model.bends.value());
}

/// A straight line in noise is called bent in at most 5 % of the runs.
TEST(CostModel, AStraightLineIsRarelyCalledBent) {
  std::mt19937_64 random(31);
  std::normal_distribution<double> noise(0, 0.02);
  RunResult result = test_run(test_suite(10));
  const Histogram small(HistogramRange{.lowest = 1, .highest = 1'000, .digits = 1});
  for (SegmentRecord& segment : result.segments) {
    for (const RequestTime& time : kRequestTimes) segment.times.*time.histogram = small;
  }
  constexpr int kRuns = 400;
  int bent = 0;
  for (int run = 0; run < kRuns; ++run) {
    for (SegmentRecord& segment : result.segments) {
      const bool traced = segment.arm.starts_with("on@");
      set_cpu_us(segment,
                 (20 + (traced ? 0.6 + 5 * segment.sampled_share : 0)) * std::exp(noise(random)));
    }
    bent += fit_cost_model(result, 0).bends.value() ? 1 : 0;
  }
  EXPECT_LE(static_cast<double>(bent) / kRuns, 0.05 + 4 * std::sqrt(0.05 * 0.95 / kRuns));
}

TEST(CostModel, TwoRatesGiveNoSlopesOfTheirOwn) {
  Suite suite = test_suite(6);
  suite.arms.erase(suite.arms.begin() + 2);
  const CostModel model = fit_cost_model(test_run(suite), 0);
  EXPECT_TRUE(model.b_us.has_value());
  EXPECT_FALSE(model.r2.has_value());
  EXPECT_TRUE(model.slopes.empty());
  EXPECT_FALSE(model.bends.has_value());
}

TEST(CostModel, TheShareReallySampledCounts) {
  const RunResult result = test_run(test_suite(6), [](SegmentRecord& segment) {
    if (segment.arm != "on@10%") return;
    segment.sampled_share = 0.2;  // the target sampled more than it was asked
    set_cpu_us(segment, 20 + 0.6 + 5 * 0.2);
  });
  const CostModel model = fit_cost_model(result, 0);
  EXPECT_NEAR(model.a_us.value(), 0.6, 1e-9);
  EXPECT_NEAR(model.b_us.value(), 5, 1e-9);
}

/// Goal: 50 us injected per sampled request are recovered, and the interval holds the truth as
/// often as stated. Method: 400 made-up runs of 10 blocks whose level drifts, fixed seed.
TEST(CostModel, InjectedCostIsRecoveredWithinItsInterval) {
  std::mt19937_64 random(5);
  std::normal_distribution<double> noise(0, 0.4);
  Suite suite = test_suite(10);
  RunResult result = test_run(suite);
  constexpr int kRuns = 400;
  int covered_a = 0, covered_b = 0;
  for (int run = 0; run < kRuns; ++run) {
    for (SegmentRecord& segment : result.segments) {
      const bool traced =
          suite.arms[static_cast<std::size_t>(segment.spec.arm)].role == ArmRole::traced;
      const double cost = traced ? 0.6 + 50 * segment.sampled_share : 0;
      set_cpu_us(segment, 20 + 0.3 * segment.spec.block + cost + noise(random));
    }
    const CostModel model = fit_cost_model(result, 0);
    covered_a += model.a_interval->low <= 0.6 && 0.6 <= model.a_interval->high ? 1 : 0;
    covered_b += model.b_interval->low <= 50 && 50 <= model.b_interval->high ? 1 : 0;
    EXPECT_NEAR(model.b_us.value(), 50, 1.0);
  }
  const double error = std::sqrt(0.95 * 0.05 / kRuns);
  EXPECT_GE(static_cast<double>(covered_a) / kRuns, 0.95 - 4 * error);
  EXPECT_GE(static_cast<double>(covered_b) / kRuns, 0.95 - 4 * error);
}

TEST(CostModel, VoidSegmentsDoNotCount) {
  const RunResult result = test_run(test_suite(7), [](SegmentRecord& segment) {
    if (segment.spec.block != 2 || segment.arm != "on@100%") return;
    set_cpu_us(segment, 900);
    testing::make_void(segment, VoidRule::receipt_open);
  });
  const CostModel model = fit_cost_model(result, 0);
  EXPECT_EQ(model.blocks, 7);  // block 2 still has 1 % and 10 %
  EXPECT_NEAR(model.b_interval->high, 5, 1e-9);
}

TEST(CostModel, NeedsTwoRatesAndSixBlocks) {
  Suite one_rate = test_suite(8);
  one_rate.arms.erase(one_rate.arms.begin() + 2, one_rate.arms.begin() + 4);
  EXPECT_NE(fit_cost_model(test_run(one_rate), 0).reason.find("two different"), std::string::npos);

  const CostModel few = fit_cost_model(test_run(test_suite(5)), 0);
  EXPECT_FALSE(few.a_us || few.b_us || few.a_interval || few.b_interval || few.off_us);
  EXPECT_NE(few.reason.find("5 of 5 blocks"), std::string::npos) << few.reason;
}

TEST(CostModel, ArmsThatDoNotExportHaveNoPartInIt) {
  Suite suite = test_suite(6);
  suite.arms[4].state = TracingState::record;
  const RunResult result = test_run(suite, [](SegmentRecord& segment) {
    if (segment.arm == "on@100%") set_cpu_us(segment, 21);
  });
  EXPECT_NEAR(fit_cost_model(result, 0).b_us.value(), 5, 1e-6);
}

TEST(CostModel, TwoArmsOfOneRateAreSaid) {
  Suite suite = test_suite(6);
  suite.arms.push_back(testing::test_arm("gzip@100%", ArmRole::traced, 1));
  const CostModel model = fit_cost_model(test_run(suite), 0);
  EXPECT_TRUE(model.b_us.has_value());
  EXPECT_NE(model.reason.find("gzip@100%"), std::string::npos) << model.reason;
}

}  // namespace
}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/calibration.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "harness/core/testing.h"

namespace tracetax {
namespace {

using testing::make_void;
using testing::set_cpu_us;
using testing::test_run;
using testing::test_suite;

/// CPU of off at 20 us, of off2 `spread` times away from it by a normal deviate.
MetricCalibration noisy_cpu(double spread, int pairs = 20) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> noise(0, spread);
  MetricCalibration metric;
  for (int i = 0; i < pairs; ++i) {
    metric.off.push_back(20);
    metric.off2.push_back(20 * std::exp(noise(random)));
  }
  return metric;
}

Calibration calibration_of(const MetricCalibration& metric) {
  Calibration calibration;
  calibration.suite = "test";
  calibration.machine = "here";
  calibration.measure = std::chrono::seconds{3};
  calibration.rate = "auto:0.5";
  calibration.cells = {
      {.target = "gin", .scenario = "users", .rate = 3333, .metrics = {metric}, .lacking = {}}};
  return calibration;
}

GateSpec gate_with(const Budget& budget, Effort effort, bool required = true) {
  GateSpec gate;
  gate.arms = {"on@10%"};
  gate.metrics = {{Metric::cpu_per_request, required, budget, 3}};
  gate.effort = effort;
  gate.looks = looks_of(effort);
  return gate;
}

// Known answers, worked out in Python from the definitions: statistics.stdev and the sums by hand.
TEST(Calibration, SummaryIsThatOfTheLogRatios) {
  const MetricCalibration metric{.metric = Metric::cpu_per_request,
                                 .off = {10, 11, 12, 13, 14, 15, 16},
                                 .off2 = {10.1, 10.9, 12.3, 12.8, 14.2, 15.1, 15.6}};
  const CalibrationSummary summary = summarize(metric);
  EXPECT_EQ(summary.pairs, 7);
  EXPECT_EQ(summary.typical, 13);
  EXPECT_NEAR(summary.spread_pct, 1.7862961, 1e-6);
  EXPECT_NEAR(summary.autocorrelation.value(), -0.5276512, 1e-6);
  EXPECT_DOUBLE_EQ(summary.trend->rho, 1);
  EXPECT_LT(summary.trend->p, 0.001);
}

TEST(Calibration, TakesThePairsOfTheShamArm) {
  const RunResult result = test_run(test_suite(8), [](SegmentRecord& segment) {
    if (segment.arm == "off") set_cpu_us(segment, 20 + segment.spec.block);
    if (segment.arm == "off2") set_cpu_us(segment, 30 + segment.spec.block);
    if (segment.arm == "off2" && segment.spec.block == 2) {
      make_void(segment, VoidRule::driver_lag);
    }
  });
  const Calibration calibration = calibrate(result, analyse(result));
  EXPECT_EQ(calibration.suite, "test");
  EXPECT_EQ(calibration.measure, std::chrono::seconds{3});
  EXPECT_EQ(calibration.rate, "auto:0.5");
  ASSERT_EQ(calibration.cells.size(), 1U);
  const CellCalibration* cell = find_cell(calibration, "gin", "users");
  ASSERT_NE(cell, nullptr);
  const MetricCalibration* cpu = find_metric(*cell, Metric::cpu_per_request);
  ASSERT_NE(cpu, nullptr);
  EXPECT_EQ(cpu->off, (std::vector<double>{20, 21, 23, 24, 25, 26, 27}));
  EXPECT_EQ(cpu->off2, (std::vector<double>{30, 31, 33, 34, 35, 36, 37}));
  EXPECT_EQ(find_metric(*cell, Metric::capacity), nullptr);  // not asked for
  EXPECT_TRUE(cell->lacking.empty());
}

TEST(Calibration, SaysWhyAMetricIsLacking) {
  const RunResult result = test_run(test_suite(8), [](SegmentRecord& segment) {
    if (segment.spec.block > 3) make_void(segment, VoidRule::driver_lag);
  });
  const Calibration calibration = calibrate(result, analyse(result));
  EXPECT_TRUE(calibration.cells[0].metrics.empty());
  ASSERT_FALSE(calibration.cells[0].lacking.empty());
  EXPECT_NE(calibration.cells[0].lacking[0].reason.find("driver_lag"), std::string::npos);
}

TEST(Calibration, MorePairsFindLess) {
  const MetricCalibration metric = noisy_cpu(0.03);
  const double quick = detectable_pct(metric, Effort::quick).value();
  const double ci = detectable_pct(metric, Effort::ci).value();
  const double full = detectable_pct(metric, Effort::full).value();
  EXPECT_GT(quick, ci);
  EXPECT_GT(ci, full);
  EXPECT_GT(full, detectable_pct(metric, Effort::paper).value());
  // (1.645 + 0.842) 3 % / sqrt(10): about 2.4 %, give or take what twenty pairs know of the spread.
  EXPECT_GT(quick, 1.5);
  EXPECT_LT(quick, 4);
}

TEST(Calibration, TheCheapestEffortThatIsEnough) {
  const MetricCalibration metric = noisy_cpu(0.03);
  const double ci = detectable_pct(metric, Effort::ci).value();
  EXPECT_EQ(effort_for(metric, {.pct = 50, .absolute = {}}), Effort::quick);
  EXPECT_EQ(effort_for(metric, {.pct = ci, .absolute = {}}), Effort::ci);
  EXPECT_EQ(effort_for(metric, {.pct = ci * 0.999, .absolute = {}}), Effort::full);
  EXPECT_EQ(effort_for(metric, {.pct = 0.1, .absolute = {}}), std::nullopt);
}

TEST(Calibration, AnAbsoluteBudgetCountsWhereItIsTheLarger) {
  const MetricCalibration metric = noisy_cpu(0.01);  // 20 us
  EXPECT_DOUBLE_EQ(budget_pct(metric, {.pct = 5, .absolute = 5}), 25);
  EXPECT_DOUBLE_EQ(budget_pct(metric, {.pct = 5, .absolute = 0.5}), 5);
  EXPECT_DOUBLE_EQ(budget_pct(metric, {.pct = {}, .absolute = 1}), 5);
}

TEST(Calibration, TheNewestStays) {
  std::vector<Calibration> all;
  Calibration one = calibration_of(noisy_cpu(0.01));
  put_calibration(all, one);
  one.machine = "there";
  put_calibration(all, one);
  one.suite = "other";
  put_calibration(all, one);
  one.blocks = 7;
  put_calibration(all, one);
  EXPECT_EQ(all.size(), 3U);
  EXPECT_EQ(find_calibration(all, "other", "there")->blocks, 7);
  EXPECT_EQ(find_calibration(all, "other", "here"), nullptr);
  for (std::size_t i = 0; i < kMostCalibrations; ++i) {
    one.machine = std::to_string(i);
    put_calibration(all, one);
  }
  EXPECT_EQ(all.size(), kMostCalibrations);
  EXPECT_EQ(find_calibration(all, "test", "here"), nullptr);
}

TEST(Calibration, FitsTheSameSegmentsOnly) {
  const Calibration calibration = calibration_of(noisy_cpu(0.01));
  Suite suite = test_suite(10);
  EXPECT_EQ(why_unfit(calibration, suite), "");
  suite.design.measure = std::chrono::seconds{1};
  EXPECT_NE(why_unfit(calibration, suite).find("segments of 3 s"), std::string::npos);
  suite.design.measure = calibration.measure;
  suite.design.slice = std::chrono::milliseconds{100};
  EXPECT_EQ(why_unfit(calibration, suite),
            "it was made one arm after another, and this is measured in turns of 100 ms");
  suite.design.slice.reset();
  suite.load.levels = {500.0};
  EXPECT_NE(why_unfit(calibration, suite).find("auto:0.5"), std::string::npos);
}

TEST(Calibration, WhatCannotBeFoundIsToldWithWhatToDo) {
  const Suite suite = test_suite(10);
  const MetricCalibration metric = noisy_cpu(0.03);
  const Calibration calibration = calibration_of(metric);
  const double quick = detectable_pct(metric, Effort::quick).value();

  const Budget budget{.pct = quick * 0.98, .absolute = {}};
  const auto lines = unresolvable(calibration, gate_with(budget, Effort::quick), suite);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].find("gin: CPU per request has a budget of "), 0U) << lines[0];
  EXPECT_NE(lines[0].find("10 pairs find no less than"), std::string::npos) << lines[0];
  EXPECT_NE(lines[0].find("--effort ci"), std::string::npos) << lines[0];
  EXPECT_NE(lines[0].find("--budget cpu="), std::string::npos) << lines[0];
  EXPECT_NE(lines[0].find("--force"), std::string::npos) << lines[0];

  EXPECT_TRUE(unresolvable(calibration, gate_with(budget, Effort::ci), suite).empty());
  EXPECT_TRUE(
      unresolvable(calibration, gate_with({.pct = quick, .absolute = {}}, Effort::quick), suite)
          .empty());
  const auto hopeless =
      unresolvable(calibration, gate_with({.pct = 0.1, .absolute = {}}, Effort::quick), suite);
  ASSERT_EQ(hopeless.size(), 1U);
  EXPECT_NE(hopeless[0].find("no effort is enough"), std::string::npos) << hopeless[0];
}

TEST(Calibration, AdvisoryAndUnknownMetricsAreNotHeldAgainstAGate) {
  const Suite suite = test_suite(10);
  Calibration calibration = calibration_of(noisy_cpu(0.3));
  const Budget budget{.pct = 1, .absolute = {}};
  EXPECT_EQ(unresolvable(calibration, gate_with(budget, Effort::quick), suite).size(), 1U);
  EXPECT_TRUE(unresolvable(calibration, gate_with(budget, Effort::quick, false), suite).empty());
  calibration.cells[0].target = "another";
  EXPECT_TRUE(unresolvable(calibration, gate_with(budget, Effort::quick), suite).empty());
}

}  // namespace
}  // namespace tracetax

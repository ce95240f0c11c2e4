// What the correction for shared cores (harness/core/shared_core.h) does to comparisons, on made-up runs
// whose truth is known. SPDX-License-Identifier: Apache-2.0
#include "harness/core/shared_core.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "harness/analysis/comparison.h"
#include "harness/core/testing.h"

namespace tracetax {
namespace {

constexpr int kRuns = 400;
constexpr int kBlocks = 10;
constexpr double kGamma = 0.7;
constexpr double kLaunchSpread = 0.03;  // what a launch adds, whoever is a neighbour

/// Off and off2 of ten blocks; in half of the segments a neighbour takes a share of the time. off2 costs
/// `effect` times as much as off.
RunResult noisy_run(std::mt19937_64& random, double effect) {
  std::uniform_real_distribution<double> share(0, 1);
  std::normal_distribution<double> launch(0, kLaunchSpread);
  RunResult result;
  result.suite = testing::test_suite(kBlocks);
  result.suite.arms.resize(2);
  result.plan.cells = {Cell{}};
  for (int block = 0; block < kBlocks; ++block) {
    for (int arm = 0; arm < 2; ++arm) {
      SegmentRecord& segment = result.segments.emplace_back();
      segment.spec.block = block;
      segment.spec.arm = arm;
      segment.spec.position = arm;
      segment.arm = result.suite.arms[static_cast<std::size_t>(arm)].name;
      segment.requests = 10'000;
      const double slow = share(random) < 0.5 ? 1 : 1 + 0.8 * share(random);
      segment.core = CoreSpeed{.mean_ns = 10'000 * slow, .fastest_ns = 10'000, .probes = 125};
      const double us = 20 * std::pow(slow, kGamma) * std::exp(launch(random)) * (arm == 1 ? effect : 1);
      segment.usage = TargetUsage{};
      segment.usage->cpu_ns = static_cast<std::uint64_t>(us * 1e3 * 10'000);
    }
  }
  return result;
}

struct Tally {
  int called = 0;    // higher or lower
  int covered = 0;   // the interval holds the truth
  double width = 0;  // of the intervals, percent, mean
  double estimate = 0;
};

Tally tally(double effect, bool corrected) {
  std::mt19937_64 random(20261126);
  Tally sum;
  for (int run = 0; run < kRuns; ++run) {
    RunResult result = noisy_run(random, effect);
    if (corrected) correct_for_shared_cores(result);
    const Analysis analysis = analyse(result);
    const Comparison& cpu = analysis.comparisons.front();
    const double truth = 100 * (effect - 1);
    if (cpu.word != Word::within_noise) ++sum.called;
    if (cpu.interval_pct->low <= truth && truth <= cpu.interval_pct->high) ++sum.covered;
    sum.width += (cpu.interval_pct->high - cpu.interval_pct->low) / kRuns;
    sum.estimate += *cpu.estimate_pct / kRuns;
  }
  return sum;
}

/// 95 % intervals of 400 runs: 20 false alarms are due, and more than 35 come with probability 0.001.
TEST(SharedCoreComparison, FalseAlarmsStayAtTheirLevel) {
  EXPECT_LE(tally(1, true).called, 35);
}

TEST(SharedCoreComparison, IntervalsAreNarrowerAndHoldTheTruth) {
  const Tally corrected = tally(1.08, true), as_measured = tally(1.08, false);
  EXPECT_GE(corrected.covered, kRuns - 35);
  EXPECT_NEAR(corrected.estimate, 8, 0.3);
  EXPECT_LT(corrected.width, as_measured.width / 2);
}

TEST(SharedCoreComparison, TheEstimateWithoutTheCorrectionIsToldToo) {
  std::mt19937_64 random(7);
  RunResult result = noisy_run(random, 1.08);
  const double before = *analyse(result).comparisons.front().estimate_pct;
  correct_for_shared_cores(result);
  const Analysis after = analyse(result);
  EXPECT_NEAR(*after.comparisons.front().as_measured_pct, before, 1e-9);
  EXPECT_NE(*after.comparisons.front().estimate_pct, before);
}

}  // namespace
}  // namespace tracetax

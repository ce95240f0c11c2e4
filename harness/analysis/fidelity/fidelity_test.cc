// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/fidelity/fidelity.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "harness/analysis/pairs/testing.h"

namespace tracetax {
namespace {

using testing::make_void;
using testing::set_cpu_us;

/// What a made-up side costs: off, a and b in us.
struct Costs {
  double off, a, b;
};
/// Real and emulated.
struct Both {
  Costs real, emulated;
};

/// One pair for each; blocks differ by up to 8 %, alike for all cells.
RunResult pairs_run(const std::vector<Both>& frameworks, int blocks = 10) {
  Suite suite = testing::test_suite(blocks);
  TargetSpec target = suite.targets.front();
  suite.targets.clear();
  for (std::size_t i = 0; i < frameworks.size(); ++i) {
    target.pair = target.framework = "f" + std::to_string(i);
    target.name = target.pair + "-real";
    target.kind = TargetKind::real;
    suite.targets.push_back(target);
    target.name = target.pair + "-emulated";
    target.kind = TargetKind::emulated;
    suite.targets.push_back(target);
  }
  const int cells = static_cast<int>(suite.targets.size());
  RunResult result = testing::bare_run(
      suite, {}, [](int, int) { return 1.0; },
      [&](SegmentRecord& segment) {
        const auto cell = static_cast<std::size_t>(segment.spec.cell);
        const Both& both = frameworks[cell / 2];
        const Costs& costs = cell % 2 == 0 ? both.real : both.emulated;
        const ArmSpec& arm = suite.arms[static_cast<std::size_t>(segment.spec.arm)];
        const double share = arm.rate.share();
        segment.sampled_share = share;
        const bool traced = arm.role == ArmRole::traced;
        const double block = 1 + 0.02 * (segment.spec.block * 7 % 5);
        set_cpu_us(segment, block * (costs.off + (traced ? costs.a + costs.b * share : 0)));
        segment.usage->voluntary_switches = segment.requests * (cell % 2 == 0 ? 3 : 1);
      },
      cells);
  for (int cell = 0; cell < cells; ++cell)
    result.plan.cells[static_cast<std::size_t>(cell)] = {cell, 0};
  return result;
}

const FidelityRatio& ratio_of(const RunResult& result, const Fidelity& fidelity,
                              const std::string& id, std::size_t pair = 0) {
  for (std::size_t i = 0; i < fidelity.quantities.size(); ++i) {
    if (id_of(result.suite, fidelity.quantities[i]) == id) return fidelity.pairs[pair].ratios[i];
  }
  ADD_FAILURE() << "no quantity " << id;
  return fidelity.pairs[pair].ratios.front();
}

TEST(Fidelity, RatiosOfAPair) {
  const RunResult result = pairs_run({{{40, 6, 18}, {16, 2, 6}}});
  const Fidelity fidelity = fidelity_of(result);
  ASSERT_EQ(fidelity.pairs.size(), 1U);
  EXPECT_EQ(fidelity.pairs[0].name, "f0");
  EXPECT_NEAR(*ratio_of(result, fidelity, "cpu_off").ratio, 2.5, 1e-3);
  EXPECT_NEAR(*ratio_of(result, fidelity, "a").ratio, 3, 2e-2);
  EXPECT_NEAR(*ratio_of(result, fidelity, "b").ratio, 3, 2e-2);
  // 24 of 40 us against 8 of 16: +60 % and +50 %.
  const FidelityRatio& overhead = ratio_of(result, fidelity, "overhead on@100%");
  EXPECT_NEAR(*overhead.ratio, 1.2, 1e-2);
  EXPECT_NEAR(*overhead.real.value, 60, 0.1);
  EXPECT_NEAR(*ratio_of(result, fidelity, "switches off").ratio, 3, 1e-9);
  EXPECT_EQ(fidelity.taus.size(), fidelity.quantities.size());
  EXPECT_FALSE(fidelity.taus.front()) << "one framework has no order";
  for (const FidelityRatio& ratio : fidelity.pairs[0].ratios) EXPECT_EQ(ratio.blocks, 10);
}

/// Blocks move both sides by up to 8 %; that is in the sides' intervals, and not in the ratio's.
TEST(Fidelity, WhatABlockDoesToBothIsNotInTheRatio) {
  const RunResult result = pairs_run({{{40, 6, 18}, {16, 2, 6}}});
  const Fidelity fidelity = fidelity_of(result);
  const FidelityRatio& off = ratio_of(result, fidelity, "cpu_off");
  EXPECT_GT(off.real.interval->high / off.real.interval->low, 1.02);
  EXPECT_LT(off.interval->high / off.interval->low, 1.001);
}

TEST(Fidelity, AVoidOrMissingSideHasNoRatio) {
  RunResult result = pairs_run({{{40, 6, 18}, {16, 2, 6}}});
  for (SegmentRecord& segment : result.segments) {
    if (segment.spec.cell == 1 && segment.spec.block >= 5) make_void(segment, VoidRule::driver_lag);
  }
  Fidelity fidelity = fidelity_of(result);
  for (const FidelityRatio& ratio : fidelity.pairs[0].ratios) {
    EXPECT_FALSE(ratio.ratio);
    EXPECT_NE(ratio.reason, "");
  }
  std::erase_if(result.segments,
                [](const SegmentRecord& segment) { return segment.spec.cell == 1; });
  fidelity = fidelity_of(result);
  EXPECT_FALSE(fidelity.pairs[0].ratios[0].emulated.value);
  EXPECT_TRUE(fidelity.pairs[0].ratios[0].real.value);
}

TEST(Fidelity, AnEmulationWithoutACostOfItsOwnHasNoRatioOfIt) {
  const RunResult result = pairs_run({{{40, 6, 18}, {16, 0, 6}}});
  const Fidelity fidelity = fidelity_of(result);
  EXPECT_FALSE(ratio_of(result, fidelity, "a").ratio);
  EXPECT_EQ(ratio_of(result, fidelity, "a").reason, "the emulated one's is not told apart from 0");
}

TEST(Fidelity, TauOverTheFrameworks) {
  // By off: real 40 50 60 70; emulated 16 25 20 30, one of six pairs the other way round.
  const RunResult result = pairs_run({{{40, 6, 10}, {16, 2, 4}},
                                      {{50, 6, 20}, {25, 2, 5}},
                                      {{60, 6, 30}, {20, 2, 6}},
                                      {{70, 6, 40}, {30, 2, 7}}});
  const Fidelity fidelity = fidelity_of(result);
  ASSERT_TRUE(fidelity.taus[0]);
  EXPECT_NEAR(fidelity.taus[0]->tau, 4.0 / 6, 1e-12);
  EXPECT_NEAR(fidelity.taus[0]->low, 4.0 / 6, 1e-12);
  EXPECT_EQ(fidelity.taus[0]->resamples, kTauResamples);
  EXPECT_NEAR(fidelity.taus[2]->tau, 1, 1e-12) << "b";
}

TEST(Fidelity, OnlyARealAndAnEmulatedOneOfOneScenarioArePairs) {
  RunResult result = pairs_run({{{40, 6, 18}, {16, 2, 6}}});
  EXPECT_TRUE(real_beside(result, 1));
  EXPECT_NEAR(*real_beside(result, 1)->ratio, 2.5, 1e-3);
  EXPECT_FALSE(real_beside(result, 0)) << "the real one";
  result.suite.targets[0].kind = TargetKind::command;
  EXPECT_TRUE(fidelity_of(result).pairs.empty());
  EXPECT_FALSE(real_beside(result, 1));
}

TEST(Fidelity, WithinTheFactorByTheWholeInterval) {
  FidelityRatio ratio;
  EXPECT_FALSE(within_factor(ratio));
  const auto told = [&](double low, double high) {
    ratio.ratio = (low + high) / 2;
    ratio.interval = Interval{low, high, 0.95};
    return within_factor(ratio);
  };
  EXPECT_EQ(told(1.2, 1.9), WithinFactor::yes);
  EXPECT_EQ(told(2.1, 2.9), WithinFactor::no);
  EXPECT_EQ(told(0.2, 0.4), WithinFactor::no);
  EXPECT_EQ(told(1.9, 2.4), WithinFactor::not_settled);
  EXPECT_EQ(told(0.4, 0.6), WithinFactor::not_settled);
}

}  // namespace
}  // namespace tracetax

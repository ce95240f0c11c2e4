// SPDX-License-Identifier: Apache-2.0
#include "harness/core/warm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <span>
#include <vector>

#include "harness/core/testing.h"

namespace tracetax {
namespace {

using Costs = std::vector<double>;

/// After how many windows a warm-up ends; 0: not within those given.
std::size_t windows_until_steady(const Costs& costs) {
  for (std::size_t windows = 1; windows <= costs.size(); ++windows) {
    if (is_steady(std::span(costs).first(windows))) return windows;
  }
  return 0;
}

Costs noisy(Costs costs, double deviation, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> noise(0, deviation);
  for (double& cost : costs) cost *= std::exp(noise(random));
  return costs;
}

// As measured by the second after the start, then flat.
TEST(SteadyWarmUp, WaitsForAnExpressServiceToStopFalling) {
  Costs express{337, 212, 187, 181, 131};
  EXPECT_EQ(windows_until_steady(express), 0U);
  express.insert(express.end(), {128, 130, 127, 129, 128, 130, 129});
  const std::size_t windows = windows_until_steady(express);
  EXPECT_GE(windows, 9U) << "the step down to 131 is the fifth";
  EXPECT_LE(windows, 12U);
}

// 880 us, falling to 100 within 20 s: too much for as long as it goes on.
TEST(SteadyWarmUp, WaitsForAJavaService) {
  Costs java;
  for (int second = 0; second < 60; ++second) java.push_back(100 + 780 * std::exp(-second / 4.0));
  for (unsigned seed = 1; seed <= 20; ++seed) {
    const std::size_t windows = windows_until_steady(noisy(java, 0.02, seed));
    ASSERT_GE(windows, 15U) << seed;
    EXPECT_LE(windows, 32U) << seed;
    EXPECT_LT(java[windows - 1], 1.04 * java.back()) << seed;
  }
}

TEST(SteadyWarmUp, EndsSoonWhereNothingFalls) {
  int at_once = 0;
  for (unsigned seed = 1; seed <= 100; ++seed) {
    const std::size_t windows = windows_until_steady(noisy(Costs(30, 50), 0.02, seed));
    ASSERT_GT(windows, 0U) << seed;
    EXPECT_LE(windows, 16U) << seed;
    at_once += windows == kSteadyWindows ? 1 : 0;
  }
  EXPECT_GE(at_once, 85);
}

TEST(SteadyWarmUp, ANeighbourThatGoesCostsSomeWindowsAndOneThatComesNone) {
  Costs goes(20, 50), comes(20, 50);
  for (std::size_t i = 0; i < 4; ++i) goes[i] *= 1.6;
  for (std::size_t i = 4; i < 9; ++i) comes[i] *= 1.6;
  const std::size_t windows = windows_until_steady(goes);
  EXPECT_GT(windows, kSteadyWindows);
  EXPECT_LE(windows, kSteadyWindows + 4);
  EXPECT_EQ(windows_until_steady(comes), kSteadyWindows);
}

// Two windows that are dear by chance, an export or a neighbour, are no trend.
TEST(SteadyWarmUp, OneDearWindowIsNoTrend) {
  EXPECT_TRUE(is_steady(Costs{80, 50, 50.5, 49.8, 50.2, 50, 50.4, 49.9}));
  EXPECT_TRUE(is_steady(Costs{50, 50.5, 80, 49.8, 50.2, 50, 50.4, 49.9}));
}

TEST(SteadyWarmUp, ASlowFallIsSeenByItsTrend) {
  EXPECT_FALSE(is_steady(Costs{54, 53.5, 53, 52.5, 52, 51.5, 51, 50.5}));
  EXPECT_TRUE(is_steady(Costs{50.7, 50.6, 50.5, 50.4, 50.3, 50.2, 50.1, 50}))
      << "too little to matter";
  EXPECT_TRUE(is_steady(Costs{50, 51, 52, 53, 54, 55, 56, 57})) << "a rise is another matter";
}

TEST(SteadyWarmUp, FewWindowsSayNothing) {
  EXPECT_FALSE(is_steady(Costs{}));
  EXPECT_FALSE(is_steady(Costs(kSteadyWindows - 1, 50)));
}

TEST(Thirds, AreMediansOfTheirPieces) {
  EXPECT_EQ(costs_of_thirds(Costs{5, 4, 3}), (Costs{5, 4, 3}));
  EXPECT_EQ(costs_of_thirds(Costs{9, 9, 90, 8, 80, 8, 7, 7, 7}), (Costs{9, 8, 7}));
  EXPECT_TRUE(costs_of_thirds(Costs{5, 4}).empty());
}

SegmentRecord with_thirds(Costs thirds, int arm = 0) {
  SegmentRecord segment;
  segment.arm = arm == 0 ? "off" : "on@100%";
  segment.spec.arm = arm;
  segment.requests = 1'000;
  segment.third_costs_us = std::move(thirds);
  return segment;
}

TEST(NotWarm, IsAFallOverAllThirds) {
  EXPECT_TRUE(still_warming(with_thirds({337, 212, 187})));
  EXPECT_TRUE(still_warming(with_thirds({880, 780, 690})));
  EXPECT_FALSE(still_warming(with_thirds({51, 50, 49}))) << "noise";
  EXPECT_FALSE(still_warming(with_thirds({80, 50, 50}))) << "a neighbour that went";
  EXPECT_FALSE(still_warming(with_thirds({50, 80, 50}))) << "a neighbour that came and went";
  EXPECT_FALSE(still_warming(with_thirds({50, 60, 70})));
  EXPECT_FALSE(still_warming(with_thirds({})));
}

/// Of 5,000 segments whose thirds vary by chance.
int cold_by_chance(double deviation) {
  int cold = 0;
  SegmentRecord segment;
  for (unsigned seed = 1; seed <= 5'000; ++seed) {
    segment.third_costs_us = noisy({50, 50, 50}, deviation, seed);
    cold += still_warming(segment) ? 1 : 0;
  }
  return cold;
}

// 2 % is a quiet service; twice that costs a block in two hundred at most.
TEST(NotWarm, NoiseAloneVoidsNearlyNothing) {
  EXPECT_EQ(cold_by_chance(0.02), 0);
  EXPECT_LE(cold_by_chance(0.04), 25);
}

TEST(NotWarm, VoidsTheWholeBlock) {
  std::vector<SegmentRecord> block{with_thirds({50, 50, 50}), with_thirds({90, 70, 60}, 1)};
  block.push_back(with_thirds({}, 1));
  block.back().spec.kind = SegmentKind::capacity;
  judge_warmth(block);
  for (const SegmentRecord& segment : std::span(block).first(2)) {
    ASSERT_EQ(segment.voids.size(), 1U);
    EXPECT_EQ(segment.voids.front().rule, VoidRule::not_warm);
    EXPECT_NE(segment.voids.front().detail.find("on@100% was not warm"), std::string::npos);
    EXPECT_NE(segment.voids.front().detail.find("90 to 70 to 60 us"), std::string::npos);
    EXPECT_NE(segment.voids.front().detail.find("until steady"), std::string::npos);
  }
  EXPECT_TRUE(block.back().valid()) << "a closed loop has a rule of its own";
}

TEST(NotWarm, IsNotToldByATargetThatFails) {
  std::vector<SegmentRecord> block{with_thirds({50, 50, 50}), with_thirds({90, 70, 60}, 1)};
  testing::make_void(block.back(), VoidRule::too_many_errors);
  judge_warmth(block);
  EXPECT_TRUE(block.front().valid());
  block.back().voids.front().rule = VoidRule::machine_stalled;
  judge_warmth(block);
  EXPECT_FALSE(block.front().valid());
}

}  // namespace
}  // namespace tracetax

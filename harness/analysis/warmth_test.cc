// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/warmth.h"

#include <gtest/gtest.h>

#include <random>

#include "harness/analysis/pairs/testing.h"

namespace tracetax {
namespace {

using testing::bare_run;
using testing::cpu_gate;
using testing::pair_suite;

RunResult run_of(int blocks, const testing::Shape& shape) {
  return bare_run(
      pair_suite(blocks), cpu_gate(Effort::quick), [](int, int) { return 10.0; }, shape);
}

std::vector<std::string> warnings_of(const RunResult& result) {
  std::vector<std::string> out;
  warn_of_cold_targets(result, out);
  return out;
}

TEST(ColdTargets, AreTheArmsWhoseCostStillFalls) {
  std::mt19937 random(3);
  std::normal_distribution<double> noise(0, 0.5);
  const auto warnings = warnings_of(run_of(10, [&](SegmentRecord& segment) {
    const double fall = segment.spec.arm == 1 ? 5 : 0;
    segment.third_costs_us = {50 + fall + noise(random), 50 + fall / 2 + noise(random),
                              50 + noise(random)};
  }));
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_NE(warnings[0].find("CPU per request of on@10% still fell by"), std::string::npos);
  EXPECT_NE(warnings[0].find("until steady"), std::string::npos);
}

// Neighbours in the first third of some segments and in the last of others.
TEST(ColdTargets, AreNotMadeByNeighbours) {
  std::mt19937 random(5);
  std::normal_distribution<double> noise(0, 1);
  std::size_t warned = 0;
  for (int run = 0; run < 40; ++run) {
    warned +=
        warnings_of(run_of(10, [&](SegmentRecord& segment) {
          segment.third_costs_us = {50 + noise(random), 50 + noise(random), 50 + noise(random)};
          if (random() % 3 == 0) segment.third_costs_us[random() % 3] *= 1.6;
        })).size();
  }
  EXPECT_LE(warned, 4U) << "one-sided at 2.5 % for each of two arms";
}

TEST(ColdTargets, AFewPercentAreNoneAndFewBlocksSayNothing) {
  const auto falling = [](double first) {
    return [first](SegmentRecord& segment) { segment.third_costs_us = {first, 50.5, 50}; };
  };
  EXPECT_TRUE(warnings_of(run_of(10, falling(51))).empty());
  EXPECT_EQ(warnings_of(run_of(10, falling(53))).size(), 2U);
  EXPECT_TRUE(warnings_of(run_of(5, falling(53))).empty());
}

TEST(WarmUps, AreToldWithTheirTimesAndLimits) {
  const RunResult result = run_of(3, [](SegmentRecord& segment) {
    const double took_s = 9 + segment.spec.block;
    const bool limited = segment.spec.arm == 1 && segment.spec.block == 2;
    segment.warm_up = WarmUp{limited ? 60 : took_s, !limited, {140, 131, 128, 120}};
  });
  const WarmUps all = warm_ups_of(result).value();
  EXPECT_EQ(all.steady, 5);
  EXPECT_EQ(all.limited, 1);
  EXPECT_EQ(all.least_s, 9);
  EXPECT_EQ(all.most_s, 11);
  const auto warnings = warnings_of(result);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_NE(warnings[0].find("1 of 3 warm-ups of on@10% reached the limit of 60 s"),
            std::string::npos)
      << warnings[0];
  EXPECT_NE(warnings[0].find("131, 128, 120 us"), std::string::npos);
  EXPECT_NE(warnings[0].find("warmup_limit=120s"), std::string::npos) << warnings[0];
  EXPECT_FALSE(warm_ups_of(run_of(1, {})));
}

}  // namespace
}  // namespace tracetax

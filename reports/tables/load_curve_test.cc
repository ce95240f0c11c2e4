// SPDX-License-Identifier: Apache-2.0
#include "reports/tables/load_curve.h"

#include <gtest/gtest.h>

#include "harness/core/testing.h"

namespace tracetax {
namespace {

/// Two levels; on@100% costs +20 % at the first and +60 % at the second, give or take 2.
RunResult two_levels() {
  Suite suite = testing::test_suite(10);
  suite.load.levels = {CapacityShare{0.2}, CapacityShare{0.8}};
  RunResult result = testing::test_run(suite);
  result.plan.cells = {Cell{}, Cell{.level = 1}};
  result.cell_rates = {1'000, 4'000};
  result.cell_capacities = {5'000, 5'000};
  std::vector<SegmentRecord> all;
  for (SegmentRecord& segment : result.segments) {
    for (const int level : {0, 1}) {
      SegmentRecord& copy = all.emplace_back(segment);
      copy.spec.cell = level;
      const double jitter = 0.2 * (segment.spec.block % 3);
      const bool on = segment.arm == "on@100%";
      testing::set_cpu_us(copy, (on ? (level == 0 ? 24 : 32) : 20) + (on ? jitter : 0));
    }
  }
  result.segments = std::move(all);
  return result;
}

TEST(LoadCurve, HasALineForEachLevelOnOneScale) {
  const RunResult result = two_levels();
  const std::string curve = load_curve(result, analyse(result));
  EXPECT_TRUE(curve.starts_with("Overhead of on@100% over load, from +0 % to +61 %:\n")) << curve;
  const auto at = [&curve](const std::string& name) {
    const auto line = curve.find(name);
    return curve.find('o', curve.find('|', line)) - curve.find('|', line);
  };
  EXPECT_GT(at("at 80%"), 2 * at("at 20%")) << curve;
  EXPECT_EQ(std::ranges::count(curve, '\n'), 3) << curve;
}

TEST(LoadCurve, OneLevelIsNoCurve) {
  const RunResult result = testing::test_run(testing::test_suite(10));
  EXPECT_EQ(load_curve(result, analyse(result)), "");
}

}  // namespace
}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/pairs/pairing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "harness/analysis/pairs/testing.h"
#include "harness/core/metric_value.h"

namespace tracetax {
namespace {

using testing::bare_run;
using testing::cpu_gate;
using testing::pair_suite;

Pairs cpu_pairs(const RunResult& result) {
  return make_pairs(CellSegments(result, 0), 0, 1, SegmentKind::open,
                    [](const SegmentRecord& s) { return value_of(s, Metric::cpu_per_request); });
}

RunResult three_blocks(const testing::Shape& shape = {}) {
  return bare_run(
      pair_suite(3), cpu_gate(Effort::quick),
      [](int block, int arm) { return (block + 1) * (arm == 1 ? 12.0 : 10.0); }, shape);
}

TEST(Pairs, AreOfTheSameBlockInBlockOrder) {
  RunResult result = three_blocks();
  std::ranges::reverse(result.segments);
  const Pairs pairs = cpu_pairs(result);
  EXPECT_EQ(pairs.blocks, (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(pairs.off, (std::vector<double>{10, 20, 30}));
  EXPECT_EQ(pairs.on, (std::vector<double>{12, 24, 36}));
  for (const double ratio : pairs.log_ratios) EXPECT_DOUBLE_EQ(ratio, std::log(1.2));
}

TEST(Pairs, LostOnesAreCountedByCause) {
  const Pairs pairs = cpu_pairs(three_blocks([](SegmentRecord& segment) {
    if (segment.spec.block == 0 && segment.spec.arm == 1)
      testing::make_void(segment, VoidRule::driver_lag);
    if (segment.spec.block == 1) segment.usage.reset();
  }));
  EXPECT_EQ(pairs.blocks, std::vector<int>{2});
  EXPECT_EQ(pairs.measured, 3);
  EXPECT_EQ(pairs.lost_void, 1);
  EXPECT_EQ(pairs.lost_value, 1);
  EXPECT_EQ(pairs.lost_to.at(VoidRule::driver_lag), 1);
}

/// Six blocks on launches of two, of which each block costs the second arm 10, 20, ... 60 % more.
RunResult kept_blocks(const testing::Shape& shape = {}) {
  RunResult result = bare_run(
      pair_suite(6), cpu_gate(Effort::quick),
      [](int block, int arm) { return arm == 1 ? 10 + block + 1.0 : 10.0; },
      [&](SegmentRecord& segment) {
        segment.launch = 1 + segment.spec.block / 2;
        if (shape) shape(segment);
      });
  return result;
}

TEST(Pairs, OfBlocksOnOneLaunchAreOne) {
  const RunResult result = kept_blocks();
  EXPECT_EQ(CellSegments(result, 0).units(),
            (std::vector<std::vector<int>>{{0, 1}, {2, 3}, {4, 5}}));
  const Pairs pairs = cpu_pairs(result);
  EXPECT_TRUE(pairs.of_launches);
  EXPECT_EQ(pairs.measured, 3);
  EXPECT_EQ(pairs.blocks, (std::vector<int>{1, 3, 5}));
  EXPECT_EQ(pairs.off, (std::vector<double>{10, 10, 10}));
  EXPECT_EQ(pairs.on, (std::vector<double>{11.5, 13.5, 15.5}));
  EXPECT_DOUBLE_EQ(pairs.log_ratios.front(), (std::log(1.1) + std::log(1.2)) / 2);
}

TEST(Pairs, ALaunchIsLostOnlyWithAllItsBlocks) {
  const Pairs pairs = cpu_pairs(kept_blocks([](SegmentRecord& segment) {
    const int block = segment.spec.block;
    if (segment.spec.arm == 1 && (block == 1 || block == 2 || block == 3))
      testing::make_void(segment, VoidRule::not_warm);
  }));
  EXPECT_EQ(pairs.measured, 3);
  EXPECT_EQ(pairs.lost_void, 1);
  EXPECT_EQ(pairs.blocks, (std::vector<int>{0, 5}));
  EXPECT_DOUBLE_EQ(pairs.log_ratios.front(), std::log(1.1));
}

TEST(Pairs, EveryBlockOfFreshProcessesIsOne) {
  EXPECT_EQ(CellSegments(three_blocks(), 0).units().size(), 3U);
  EXPECT_FALSE(cpu_pairs(three_blocks()).of_launches);
}

TEST(Pairs, HalfABlockIsNone) {
  RunResult result = three_blocks();
  result.segments.pop_back();
  EXPECT_EQ(cpu_pairs(result).measured, 2);
}

TEST(Pairs, TheFirstOfTwoInOnePlaceCounts) {
  RunResult result = three_blocks();
  result.segments.push_back(result.segments[1]);
  testing::set_cpu_us(result.segments.back(), 999);
  EXPECT_EQ(cpu_pairs(result).on[0], 12);
}

}  // namespace
}  // namespace tracetax

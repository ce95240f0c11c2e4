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

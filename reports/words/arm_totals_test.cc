// Bytes belong to requests, however many traces carried them.
// SPDX-License-Identifier: Apache-2.0
#include "reports/words/arm_totals.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

RunResult of_one_segment() {
  RunResult result;
  result.suite.targets.emplace_back();
  result.suite.arms.emplace_back();
  result.plan.cells.emplace_back();
  SegmentRecord& segment = result.segments.emplace_back();
  segment.sent = 1000;
  segment.sampled_share = 0.1;
  segment.receipt.bytes = 60'000;
  segment.receipt.traces_received = 150;
  return result;
}

TEST(ArmTotals, BytesAreThoseOfATraceTimesTheShareSampled) {
  EXPECT_EQ(arm_totals(of_one_segment(), 0)[0].bytes_per_request, 40);
}

// 100 requests were sampled in the warm-up and 100 beside it; that only 150 traces came says
// nothing, for spans were counted in place.
TEST(ArmTotals, OfATopologyTheyAreThoseOfTheRequestsSampled) {
  RunResult result = of_one_segment();
  result.segments[0].receipt.trees.emplace().sampled = 200;
  EXPECT_EQ(arm_totals(result, 0)[0].bytes_per_request, 30);
}

}  // namespace
}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/core/capacity_limit.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

TEST(CapacityLimit, IsWhatWasFull) {
  SegmentRecord segment;
  segment.sent = 10'000;
  EXPECT_EQ(capacity_limit(segment), CapacityLimit::not_known);
  segment.target_busy = 0.5;
  EXPECT_EQ(capacity_limit(segment), CapacityLimit::connections);
  segment.driver_busy = 0.9;
  EXPECT_EQ(capacity_limit(segment), CapacityLimit::driver);
  segment.target_busy = 0.96;
  EXPECT_EQ(capacity_limit(segment), CapacityLimit::target_cpu);
  segment.errors["status_503"] = 11;
  EXPECT_EQ(capacity_limit(segment), CapacityLimit::shedder);
}

}  // namespace
}  // namespace tracetax

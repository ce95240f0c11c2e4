// SPDX-License-Identifier: Apache-2.0
#include "harness/core/run_result.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

TEST(SegmentRecord, IsValidUntilARuleFails) {
  SegmentRecord segment;
  EXPECT_TRUE(segment.valid());
  segment.voids.push_back({VoidRule::receipt_open, "12 of 13 spans"});
  EXPECT_FALSE(segment.valid());
}

TEST(VoidRule, NamesAreThoseOfTheEnumerators) {
  EXPECT_EQ(name_of(VoidRule::rate_not_achieved), "rate_not_achieved");
  EXPECT_EQ(name_of(VoidRule::too_many_errors), "too_many_errors");
  EXPECT_EQ(name_of(VoidRule::driver_lag), "driver_lag");
  EXPECT_EQ(name_of(VoidRule::machine_stalled), "machine_stalled");
  EXPECT_EQ(name_of(VoidRule::driver_saturated), "driver_saturated");
  EXPECT_EQ(name_of(VoidRule::receipt_open), "receipt_open");
  EXPECT_EQ(name_of(VoidRule::target_restarted), "target_restarted");
  EXPECT_EQ(name_of(VoidRule::target_failed), "target_failed");
  EXPECT_EQ(name_of(VoidRule::target_killed), "target_killed");
  EXPECT_EQ(name_of(VoidRule::interrupted), "interrupted");
}

TEST(RunStatus, HasAName) {
  EXPECT_EQ(name_of(RunStatus::complete), "complete");
  EXPECT_EQ(name_of(RunStatus::partial), "partial");
  EXPECT_EQ(name_of(RunStatus::invalid), "invalid");
}

}  // namespace
}  // namespace tracetax

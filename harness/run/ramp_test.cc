// SPDX-License-Identifier: Apache-2.0
#include "harness/run/ramp.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

TEST(Ramp, GoesOnWhileMoreConnectionsBringMore) {
  EXPECT_TRUE(ramp_goes_on({}, 16));
  EXPECT_TRUE(ramp_goes_on({{1, 100}}, 16));
  EXPECT_TRUE(ramp_goes_on({{1, 100}, {2, 180}, {4, 300}}, 16));
}

TEST(Ramp, OneFlatStepMayBeBadLuckTwoAreTheEnd) {
  EXPECT_TRUE(ramp_goes_on({{1, 100}, {2, 104}}, 16));
  EXPECT_FALSE(ramp_goes_on({{1, 100}, {2, 104}, {4, 103}}, 16));
  EXPECT_TRUE(ramp_goes_on({{1, 100}, {2, 90}, {4, 106}}, 16));
}

TEST(Ramp, EndsAtTheSuitesConnections) {
  EXPECT_FALSE(ramp_goes_on({{1, 100}, {2, 200}}, 2));
  EXPECT_FALSE(ramp_goes_on({{1, 100}}, 1));
}

TEST(Ramp, OfferedRateHasTwoDigits) {
  EXPECT_DOUBLE_EQ(offered_share(18'437, 0.5), 9'200);
  EXPECT_DOUBLE_EQ(offered_share(19'999, 0.5), 10'000);
  EXPECT_DOUBLE_EQ(offered_share(61, 0.5), 31);
  EXPECT_DOUBLE_EQ(offered_share(7.3, 0.5), 3.7);
  EXPECT_DOUBLE_EQ(offered_share(0.5, 0.5), 1);
}

}  // namespace
}  // namespace tracetax

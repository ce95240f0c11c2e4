// SPDX-License-Identifier: Apache-2.0
#include "harness/run/time_left.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

using namespace std::chrono_literals;

TEST(TimeLeft, StartsWithThePlanAndLearns) {
  Design design;
  design.warmup = 500ms;
  design.measure = 3s;
  design.settle = 300ms;
  Plan plan;
  plan.segments.resize(4);
  plan.segments[1].arm = plan.segments[3].arm = 1;
  TimeLeft left{design, plan};
  EXPECT_EQ(left.from(0), 4 * 4400ms);
  EXPECT_EQ(left.from(3), 4400ms);
  EXPECT_EQ(left.from(4), 0ms);
  left.took(plan.segments[1], 8s);
  left.took(plan.segments[1], 10s);
  EXPECT_EQ(left.from(2), 4400ms + 9s);
}

}  // namespace
}  // namespace tracetax

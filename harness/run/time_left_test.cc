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
  plan.segments[2].cell = 1;
  TimeLeft left{design, plan};
  const auto all = [](int) { return true; };
  EXPECT_EQ(left.from(0, all), 4 * 4400ms);
  EXPECT_EQ(left.from(3, all), 4400ms);
  EXPECT_EQ(left.from(4, all), 0ms);
  EXPECT_EQ(left.from(0, [](int cell) { return cell == 0; }), 3 * 4400ms);
  left.took(plan.segments[1], 8s);
  left.took(plan.segments[1], 10s);
  EXPECT_EQ(left.from(2, all), 4400ms + 9s);
}

}  // namespace
}  // namespace tracetax

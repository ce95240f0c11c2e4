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
  EXPECT_EQ(left.from(0, all), 4 * 4200ms);
  EXPECT_EQ(left.from(3, all), 4200ms);
  EXPECT_EQ(left.from(4, all), 0ms);
  EXPECT_EQ(left.from(0, [](int cell) { return cell == 0; }), 3 * 4200ms);
  left.took(plan.segments[1], 8s);
  left.took(plan.segments[1], 10s);
  EXPECT_EQ(left.from(2, all), 9s + 9s) << "the other arm is the same program";
  left.took(plan.segments[0], 5s);
  EXPECT_EQ(left.from(2, all), 5s + 9s);
}

TEST(TimeLeft, ArmsInTurnsWaitTogether) {
  Design design;
  design.warmup = 100ms;
  design.measure = 1s;
  design.settle = 250ms;
  Plan plan;
  for (int arm = 0; arm < 5; ++arm) {
    SegmentSpec spec;
    spec.arm = spec.position = arm;
    spec.slices = 10;
    plan.segments.push_back(spec);
  }
  EXPECT_EQ((TimeLeft{design, plan}.from(0, [](int) { return true; })), 5 * 1200ms + 500ms);
}

/// A run of 24 segments that was to take 51 s took 2m04s: each waited 3 s for its drain and its
/// end.
TEST(TimeLeft, CountsDrainAndStopOfAllArmsAfterTheFirstSegment) {
  Design design;
  design.warmup = 200ms;
  design.measure = 1s;
  design.settle = 300ms;
  Plan plan;
  for (int i = 0; i < 24; ++i) {
    SegmentSpec spec;
    spec.arm = i % 4;
    plan.segments.push_back(spec);
  }
  TimeLeft left{design, plan};
  const auto all = [](int) { return true; };
  EXPECT_EQ(left.from(0, all), 24 * 1900ms);
  left.took(plan.segments[0], 5160ms);
  EXPECT_EQ(left.from(1, all), 23 * 5160ms);
  SegmentSpec capacity;
  capacity.kind = SegmentKind::capacity;
  plan.segments.assign(1, capacity);
  EXPECT_EQ(left.from(0, all), 800ms + 3260ms) << "it has the same drain and stop";
}

}  // namespace
}  // namespace tracetax

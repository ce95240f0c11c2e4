// SPDX-License-Identifier: Apache-2.0
#include "harness/core/lost_cause.h"

#include <gtest/gtest.h>

#include <vector>

#include "harness/core/testing.h"

namespace tracetax {
namespace {

using Segments = std::vector<SegmentRecord>;

SegmentRecord segment(const std::string& arm, int place, int block = 0) {
  SegmentSpec spec;
  spec.arm = place;
  spec.block = block;
  return testing::test_segment(spec, testing::test_arm(arm, ArmRole::traced, 1));
}

SegmentRecord off(int block = 0) { return segment("off", 0, block); }
SegmentRecord on(int block = 0) { return segment("on", 1, block); }

SegmentRecord lost(SegmentRecord record, VoidRule rule, const std::string& detail = "detail") {
  record.voids.push_back({rule, detail});
  return record;
}

std::string cause_in(const Segments& segments) {
  return lost_cause(segments, 0).value_or(LostCause{}).why;
}

TEST(LostCause, IsMetTwiceByOneArmOrByTwo) {
  const SegmentRecord dead = lost(on(), VoidRule::target_restarted, "gin exited with code 3");
  EXPECT_EQ(cause_in({dead}), "") << "once may be bad luck";
  EXPECT_EQ(
      cause_in({off(), dead, dead}),
      "on failed twice in the same way, and so would the next segment: gin exited with code 3");
  EXPECT_EQ(cause_in({lost(off(), VoidRule::target_restarted, "gin ended"), dead}),
            "off and on failed in the same way, and so would the next segment: gin ended");
}

TEST(LostCause, IsACompanionThatFailsEveryTime) {
  for (const VoidRule rule : {VoidRule::companion_failed, VoidRule::invariant_broken}) {
    EXPECT_NE(cause_in({lost(off(), rule), lost(on(), rule)}), "");
    EXPECT_EQ(cause_in({off(), on(), lost(off(1), rule), lost(on(1), rule)}), "")
        << "once it worked";
  }
}

TEST(LostCause, IsOneCauseAndNotTwo) {
  EXPECT_EQ(cause_in({lost(off(), VoidRule::target_failed), lost(on(), VoidRule::target_killed)}),
            "");
}

TEST(LostCause, IsEscapedByAnArmThatWorkedOnce) {
  const SegmentRecord dead = lost(on(), VoidRule::target_restarted);
  EXPECT_EQ(cause_in({on(), dead, dead, dead}), "");
  EXPECT_EQ(cause_in({lost(on(), VoidRule::driver_lag), dead, dead}), "") << "the target worked";
}

TEST(LostCause, IsNoMatterOfChance) {
  for (const VoidRule rule :
       {VoidRule::driver_lag, VoidRule::machine_stalled, VoidRule::rate_not_achieved,
        VoidRule::driver_saturated, VoidRule::not_warm, VoidRule::too_many_errors,
        VoidRule::receipt_open}) {
    EXPECT_EQ(cause_in({lost(off(), rule), lost(on(), rule), lost(on(1), rule)}), "")
        << name_of(rule);
  }
}

TEST(LostCause, IsErrorsThatOutnumberTheAnswers) {
  SegmentRecord failing = lost(on(), VoidRule::too_many_errors);
  failing.errors = {{"status_500", failing.requests + 1}};
  EXPECT_NE(cause_in({failing, failing}), "");
  failing.requests = failing.errors["status_500"];
  EXPECT_EQ(cause_in({failing, failing}), "");
}

TEST(LostCause, IsTracesThatAreAllWrongButNotLostOnes) {
  SegmentRecord wrong = lost(on(), VoidRule::receipt_open);
  wrong.receipt.wrong_shape_traces = wrong.receipt.traces_received / 2 + 1;
  EXPECT_NE(cause_in({wrong, wrong}), "");
  wrong.receipt.wrong_shape_traces = wrong.receipt.traces_received / 2;
  EXPECT_EQ(cause_in({wrong, wrong}), "");
  SegmentRecord none = lost(on(), VoidRule::receipt_open);
  none.receipt.received = none.receipt.traces_received = 0;
  EXPECT_NE(cause_in({none, none}), "");
  none.receipt.sink_failure = "gone";
  EXPECT_EQ(cause_in({none, none}), "");
}

TEST(LostCause, IsOfItsCellAlone) {
  SegmentRecord dead = lost(on(), VoidRule::target_failed);
  dead.spec.cell = 1;
  const Segments segments{dead, dead};
  EXPECT_FALSE(lost_cause(segments, 0));
  EXPECT_TRUE(lost_cause(segments, 1));
}

TEST(LostBlocks, AreThoseThatChanceAloneTook) {
  const Segments segments{off(0),
                          on(0),
                          lost(off(1), VoidRule::driver_lag),
                          lost(on(1), VoidRule::machine_stalled),
                          lost(off(2), VoidRule::driver_lag),
                          lost(on(2), VoidRule::receipt_open),
                          off(3),
                          lost(lost(on(3), VoidRule::rate_not_achieved), VoidRule::target_killed)};
  EXPECT_EQ(blocks_lost_to_chance(segments, 0), 1);
  EXPECT_EQ(blocks_lost_to_chance(segments, 1), 0);
}

TEST(LostBlocks, MayHaveTheTimeOutsOfAMissedRate) {
  SegmentRecord slow = lost(lost(on(1), VoidRule::rate_not_achieved), VoidRule::too_many_errors);
  slow.errors = {{"timeout", 20}, {"unfinished", 3}};
  EXPECT_EQ(blocks_lost_to_chance(Segments{off(0), on(0), off(1), slow}, 0), 1);
  slow.errors["status_500"] = 1;
  EXPECT_EQ(blocks_lost_to_chance(Segments{off(0), on(0), off(1), slow}, 0), 0);
}

TEST(LostBlocks, AreNoneWhereNoBlockIsWhole) {
  const SegmentRecord slow = lost(on(0), VoidRule::rate_not_achieved);
  EXPECT_EQ(blocks_lost_to_chance(Segments{off(0), slow}, 0), 0);
  EXPECT_EQ(blocks_lost_to_chance(Segments{off(0), slow, off(1), on(1)}, 0), 1);
}

}  // namespace
}  // namespace tracetax

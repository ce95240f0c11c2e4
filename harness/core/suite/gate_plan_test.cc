// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/gate_plan.h"

#include <gtest/gtest.h>

#include "harness/core/testing.h"

namespace tracetax {
namespace {

TEST(GatePlan, LeavesOutWhatNobodyJudges) {
  Suite suite = testing::test_suite(10);
  suite.design.capacity = std::chrono::seconds{1};
  const GateSpec gate = gate_of(suite, {.required = std::vector{GateMetric{}},
                                        .arms = {"on@100%"},
                                        .effort = Effort::ci,
                                        .stop = {},
                                        .inconclusive = {},
                                        .forced = false})
                            .value();
  const Suite judged = suite_to_judge(suite, gate, {}).value();
  ASSERT_EQ(judged.arms.size(), 2U);
  EXPECT_EQ(judged.arms[1].name, "on@100%");
  EXPECT_EQ(judged.design.blocks, blocks_to_plan(20));
  EXPECT_FALSE(judged.design.capacity);
  EXPECT_EQ(blocks_to_plan(10), 13);
  EXPECT_EQ(blocks_to_plan(40), 53);
}

Revisions against(Revision base) { return {.head = {}, .base = std::move(base)}; }

TEST(GatePlan, ABaseIsAnArmOfItsOwn) {
  Suite suite = testing::test_suite(10);
  const GateSpec gate = gate_of(suite, {}).value();
  const Suite judged =
      suite_to_judge(suite, gate, against({"/old/tracetax-target", false})).value();
  ASSERT_EQ(judged.arms.back().name, "base-on@10%");
  EXPECT_EQ(judged.arms.back().role, ArmRole::base);
  EXPECT_EQ(judged.arms.back().per_target.at("gin").program, "/old/tracetax-target");
  EXPECT_FALSE(suite_to_judge(suite, gate, against({"/old", true})))
      << "a folder has no tracetax-target";

  suite.targets[0].kind = TargetKind::command;
  suite.targets[0].command = {"./server", "{port}"};
  const Suite commanded = suite_to_judge(suite, gate, against({"/old", true})).value();
  EXPECT_EQ(commanded.arms.back().per_target.at("gin").working_dir, "/old");
  const Suite worded =
      suite_to_judge(suite, gate, against({"python3 old.py {port}", false})).value();
  EXPECT_EQ(worded.arms.back().per_target.at("gin").command,
            (std::vector<std::string>{"python3", "old.py", "{port}"}));
  suite.targets[0].kind = TargetKind::attached;
  EXPECT_FALSE(suite_to_judge(suite, gate, against({"/old", true})));
}

TEST(GatePlan, AHeadIsWhatAllArmsButTheBaseAre) {
  Suite suite = testing::test_suite(10);
  suite.targets[0].kind = TargetKind::command;
  suite.targets[0].command = {"./server", "{port}"};
  suite.targets[0].working_dir = "..";
  const GateSpec gate = gate_of(suite, {}).value();
  const Suite judged =
      suite_to_judge(suite, gate, {.head = Revision{"/new", true}, .base = Revision{"/old", true}})
          .value();
  for (const ArmSpec& arm : judged.arms) {
    EXPECT_EQ(arm.per_target.at("gin").working_dir, arm.role == ArmRole::base ? "/old" : "/new")
        << arm.name;
  }
}

}  // namespace
}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/kept_processes.h"

#include <gtest/gtest.h>

#include "harness/core/suite/gate_plan.h"
#include "harness/core/suite/suite_reader.h"

namespace tracetax {
namespace {

Result<Suite> with_design(const std::string& design, const std::string& more = "",
                          const SuiteOverrides& overrides = {}) {
  return parse_suite(R"({"name": "s", "targets": {"gin": {"emulated": "gin"}},
      "scenarios": {"get": {"kind": "http", "path": "/"}}, "arms": ["off", "on@100%"], "design": )" +
                         design + more + "}",
                     "s.json", overrides);
}

std::string mistakes_in(const std::string& design, const std::string& more = "") {
  const auto suite = with_design(design, more);
  return suite ? "" : suite.error().message;
}

TEST(WarmUp, HasALengthOrLastsUntilSteady) {
  const Suite plain = with_design(R"({"warmup": "2s"})").value();
  EXPECT_FALSE(plain.design.until_steady);
  EXPECT_EQ(plain.design.warmup, std::chrono::seconds{2});
  const Suite steady = with_design(R"({"warmup": "until steady", "warmup_limit": "20s"})").value();
  EXPECT_TRUE(steady.design.until_steady);
  EXPECT_EQ(steady.design.warmup, std::chrono::milliseconds{500}) << "the shortest";
  EXPECT_EQ(steady.design.warmup_limit, std::chrono::seconds{20});
  EXPECT_EQ(steady.resolved["design"]["warmup"], "until steady");
  EXPECT_EQ(steady.resolved["design"]["warmup_limit"], "20s");
  SuiteOverrides set;
  set.set = {"design.warmup=until steady"};
  EXPECT_TRUE(with_design("{}", "", set)->design.until_steady);
}

TEST(WarmUp, SaysWhatElseCouldBeWritten) {
  EXPECT_NE(mistakes_in(R"({"warmup": "until warm"})").find("until steady"), std::string::npos);
  EXPECT_NE(mistakes_in(R"({"warmup": "until steady", "warmup_limit": "1s"})").find("9s"),
            std::string::npos);
  EXPECT_NE(mistakes_in(R"({"warmup": "1s", "warmup_limit": "20s"})").find("has a length"),
            std::string::npos);
}

TEST(KeptProcesses, GetBlocksForEightLaunches) {
  EXPECT_FALSE(keeps_processes(with_design("{}").value()));
  const Suite kept = with_design(R"({"processes": "kept"})").value();
  EXPECT_TRUE(keeps_processes(kept));
  EXPECT_EQ(kept.design.fresh_every, kBlocksPerLaunch);
  EXPECT_EQ(kept.design.blocks, 8 * kBlocksPerLaunch);
  EXPECT_EQ(kept.resolved["design"]["processes"], "kept");
  EXPECT_EQ(with_design(R"({"processes": "kept", "fresh_every": 5})")->design.blocks, 40);
  EXPECT_EQ(with_design(R"({"processes": "kept", "blocks": 4})")->design.blocks, 4);
  EXPECT_EQ(with_design(R"({"processes": "fresh"})")->design.blocks, 10);
  EXPECT_NE(mistakes_in(R"({"processes": "stale"})"), "");
}

// What an effort and a gate's look count is what a test takes as one.
TEST(KeptProcesses, CountLaunchesWhereBlocksAreCounted) {
  SuiteOverrides overrides;
  overrides.effort = Effort::ci;
  const Suite suite =
      with_design(R"({"processes": "kept", "fresh_every": 2})", "", overrides).value();
  EXPECT_EQ(suite.design.blocks, 2 * 20);
  GateOverrides quick;
  quick.effort = Effort::quick;
  const GateSpec gate = gate_of(suite, quick).value();
  const Suite judged = suite_to_judge(suite, gate, {}).value();
  EXPECT_EQ(judged.design.blocks, 2 * blocks_to_plan(10));
}

TEST(KeptProcesses, NeedASinkAndAProcessEach) {
  EXPECT_NE(mistakes_in(R"({"processes": "kept"})", R"(, "sink": {"port": 4318})")
                .find("arms that are kept up need a sink each"),
            std::string::npos);
}

TEST(KeptProcesses, MayBeChosenLater) {
  Suite suite = with_design("{}").value();
  ASSERT_TRUE(can_keep_processes(suite));
  keep_processes(suite);
  EXPECT_TRUE(keeps_processes(suite));
  EXPECT_EQ(suite.design.blocks, 8 * kBlocksPerLaunch);
  EXPECT_EQ(suite.resolved["design"]["blocks"], 8 * kBlocksPerLaunch);
  Suite judged = with_design(R"({"blocks": 13, "fresh_every": 2})").value();
  keep_processes(judged, judged.design.blocks);
  EXPECT_EQ(judged.design.blocks, 26) << "the pairs of a gate are launches";
  EXPECT_FALSE(can_keep_processes(with_design("{}", R"(, "sink": {"port": 4318})").value()));
}

}  // namespace
}  // namespace tracetax

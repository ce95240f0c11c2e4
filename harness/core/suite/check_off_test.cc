// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/check_off.h"

#include <gtest/gtest.h>

#include "harness/core/suite/suite_reader.h"
#include "harness/core/testing.h"

namespace tracetax {
namespace {

TEST(CheckOff, AddsAnArmThatTracesAndSamplesNothing) {
  Suite suite = testing::test_suite(6);
  suite.arms.back().env = {{"A", "1"}};
  const Suite checked = with_check_off(suite);
  ASSERT_EQ(checked.arms.size(), suite.arms.size() + 1);
  const ArmSpec& arm = checked.arms.back();
  EXPECT_EQ(arm.name, "on@0%");
  EXPECT_EQ(arm.role, ArmRole::traced);
  EXPECT_EQ(arm.state, TracingState::drop);
  EXPECT_EQ(arm.rate.share(), 0);
  EXPECT_EQ(arm.env, (Environment{{"A", "1"}})) << "as the arms that trace";
  EXPECT_EQ(with_check_off(checked).arms.size(), checked.arms.size());
}

TEST(CheckOff, ItsResolvedFormIsASuite) {
  const auto suite = parse_suite(R"({"name": "a", "targets": {"gin": {"emulated": "gin"}},
      "scenarios": {"get": {"kind": "http", "path": "/"}}, "arms": ["off", "on@1%"]})",
                                 "a.json", {});
  ASSERT_TRUE(suite.has_value());
  const Suite checked = with_check_off(*suite);
  const auto again = parse_suite(checked.resolved.dump(), "b.json", {});
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(again->resolved.dump(), checked.resolved.dump());
  EXPECT_EQ(again->arms.back().state, TracingState::drop);
}

}  // namespace
}  // namespace tracetax

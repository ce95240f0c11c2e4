// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/suite.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

TEST(TracingState, NamesAreReadBack) {
  for (const std::string_view name : {"absent", "noop", "drop", "record", "export"}) {
    const auto state = tracing_state_from(name);
    ASSERT_TRUE(state.has_value()) << name;
    EXPECT_EQ(name_of(*state), name);
  }
  EXPECT_EQ(tracing_state_from("exporting"), std::nullopt);
  EXPECT_EQ(tracing_state_from(""), std::nullopt);
}

TEST(ArmRole, NamesAreThoseOfTheResult) {
  EXPECT_EQ(name_of(ArmRole::off), "off");
  EXPECT_EQ(name_of(ArmRole::sham), "sham");
  EXPECT_EQ(name_of(ArmRole::traced), "rate");
}

TEST(StateOf, OffAndShamAreAbsentWhereTheTargetCanAndNoopElsewhere) {
  TargetSpec emulated, own;
  emulated.can_be_absent = true;
  for (const ArmRole role : {ArmRole::off, ArmRole::sham}) {
    ArmSpec arm;
    arm.role = role;
    EXPECT_EQ(state_of(arm, emulated), TracingState::absent);
    EXPECT_EQ(state_of(arm, own), TracingState::noop);
  }
}

TEST(StateOf, AStatedStateHoldsForEveryTargetAndRole) {
  TargetSpec emulated;
  emulated.can_be_absent = true;
  ArmSpec arm;
  arm.role = ArmRole::off;
  arm.state = TracingState::drop;
  EXPECT_EQ(state_of(arm, emulated), TracingState::drop);
  EXPECT_EQ(state_of(arm, TargetSpec{}), TracingState::drop);
}

TEST(StateOf, ATracedArmExportsUnlessItSaysOtherwise) {
  EXPECT_EQ(state_of(ArmSpec{}, TargetSpec{}), TracingState::exporting);
}

TEST(Design, SlicesAreTheWholeNumberNearest) {
  Design design;
  design.measure = std::chrono::seconds{1};
  EXPECT_EQ(design.slices(), 1);
  const auto slices_of = [&](int ms) {
    design.slice = std::chrono::milliseconds{ms};
    return design.slices();
  };
  EXPECT_EQ(slices_of(100), 10);
  EXPECT_EQ(slices_of(300), 3);
  EXPECT_EQ(slices_of(400), 3);  // 2.5
  EXPECT_EQ(slices_of(401), 2);
  EXPECT_EQ(slices_of(1000), 1);
  EXPECT_EQ(slices_of(5000), 1);
}

}  // namespace
}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/suite.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "harness/core/suite/suite_reader.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;

/// A small suite with fields replaced, each by the JSON beside its name.
Result<Suite> small_with(std::initializer_list<std::pair<const char*, std::string>> fields) {
  Json suite = Json::parse(
      R"({"name": "s", "targets": {"gin": {"emulated": "gin"}, "nethttp": {"emulated": "nethttp"}},
                               "scenarios": {"get": {"path": "/"}}, "arms": ["off"]})");
  for (const auto& [key, value] : fields) suite[key] = Json::parse(value);
  return parse_suite(suite.dump(2), "s.json", {});
}

std::string what_is_wrong(const Result<Suite>& suite) {
  return suite ? "no error" : suite.error().message;
}

bool tells_of(const Result<Suite>& suite, std::string_view text) {
  return what_is_wrong(suite).find(text) != std::string::npos;
}

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

TEST(ReadSuite, AMatrixMakesManyScenariosOfOne) {
  const auto made = small_with({{"scenarios", R"({
    "plain": {"kind": "http", "path": "/"},
    "x": {"kind": "http", "targets": ["gin"], "spans": 7, "path": "/", "matrix": {
      "connections": [1, 10], "spans": [512]}}})"}});
  ASSERT_TRUE(made) << what_is_wrong(made);
  const std::vector<ScenarioSpec>& scenarios = made->scenarios;
  ASSERT_EQ(scenarios.size(), 3U);
  EXPECT_EQ(connections_of(scenarios[0], made->load), 16);
  for (const int connections : {1, 10}) {
    const ScenarioSpec& one = scenarios[connections == 1 ? 1 : 2];
    EXPECT_EQ(one.name, fmt::format("x-{}-512", connections));
    EXPECT_EQ(one.targets, std::vector<std::string>{"gin"});
    EXPECT_EQ(connections_of(one, made->load), connections);
    EXPECT_EQ(one.options, (Json{{"spans", 512}, {"path", "/"}}));
  }
  // As result.json has it, it is read again.
  const auto again = parse_suite(made->resolved.dump(), "s.json", {});
  ASSERT_TRUE(again) << what_is_wrong(again);
  EXPECT_EQ(again->resolved, made->resolved);
}

TEST(ReadSuite, AMatrixIsCheckedWhereItStands) {
  const auto with = [](std::string_view scenario) {
    return small_with({{"scenarios", fmt::format(R"({{"x": {}}})", scenario)}});
  };
  EXPECT_TRUE(tells_of(with(R"({"matrix": {"connections": [0]}})"), "scenarios.x.connections"));
  EXPECT_TRUE(
      tells_of(with(R"({"matrix": {"a": [1, 1]}})"), "makes 'x-1', which is there already"));
  EXPECT_TRUE(tells_of(with(R"({"matrix": {"a": ["b c"]}})"), "x-b c"));
}

TEST(ReadSuite, AClosedLoopOffersNothingAndMeasuresTheCapacityAlone) {
  const auto closed = small_with(
      {{"load", R"({"closed": true, "connections": 2})"}, {"design", R"({"measure": "400ms"})"}});
  ASSERT_TRUE(closed) << what_is_wrong(closed);
  EXPECT_TRUE(closed->load.closed);
  EXPECT_EQ(closed->design.capacity, 400ms);
  const auto again = parse_suite(closed->resolved.dump(), "s.json", {});
  ASSERT_TRUE(again) << what_is_wrong(again);
  EXPECT_TRUE(again->load.closed);
  EXPECT_EQ(again->resolved, closed->resolved);
  EXPECT_TRUE(tells_of(small_with({{"load", R"({"closed": true, "rate": "2k/s"})"}}),
                       "load.rate: does not fit a closed loop"));
  EXPECT_TRUE(tells_of(small_with({{"load", R"({"closed": true})"},
                                   {"design", R"({"measure": "1s", "slice": "100ms"})"}}),
                       "design.slice: does not fit a closed loop"));
  EXPECT_TRUE(tells_of(small_with({{"load", R"({"closed": true})"},
                                   {"design", R"({"measure": "1s", "capacity": "2s"})"}}),
                       "design.capacity: does not fit a closed loop"));
}

}  // namespace
}  // namespace tracetax

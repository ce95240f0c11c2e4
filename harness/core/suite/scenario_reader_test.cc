// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/scenario_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "harness/core/suite/suite_reader.h"

namespace tracetax {
namespace {

const std::string kTwo = R"({"get": {"path": "/"}, "post": {"kind": "http", "method": "POST"}})";

// A small suite with these scenarios.
Result<Suite> read_with(const std::string& scenarios) {
  return parse_suite(R"({
  "name": "small",
  "targets": {"gin": {"emulated": "gin"}, "nethttp": {"emulated": "nethttp"}},
  "scenarios": )" + scenarios +
                         R"(,
  "arms": ["off", "off2", "on@1%"]
})",
                     "s.json", {});
}

std::string message(const Result<Suite>& suite) {
  if (suite) return "no error";
  EXPECT_EQ(suite.error().code, ExitCode::usage);
  return suite.error().message;
}

bool mentions(const Result<Suite>& suite, std::string_view text) {
  return message(suite).find(text) != std::string::npos;
}

TEST(ReadScenarios, ScenarioOptionsPassThroughInOrder) {
  const Suite suite = read_with(kTwo).value();
  ASSERT_EQ(suite.scenarios.size(), 2U);
  EXPECT_EQ(suite.scenarios[0].kind, "http");
  EXPECT_EQ(suite.scenarios[0].options.dump(), R"({"path":"/"})");
  EXPECT_EQ(suite.scenarios[1].options.dump(), R"({"method":"POST"})");
}

TEST(ReadScenarios, AScenarioSaysHowTheContextIsSent) {
  using enum ContextFormat;
  const auto with = [](const std::string& context) {
    const std::string scenarios = R"({"get": {"path": "/")" + context + "}}";
    return read_with(scenarios);
  };
  const auto suite = with(R"(, "context": ["b3", "w3c"])");
  ASSERT_TRUE(suite) << message(suite);
  EXPECT_EQ(suite->scenarios[0].context, (ContextFormats{b3, w3c}));
  EXPECT_EQ(suite->scenarios[0].options.dump(), R"({"path":"/"})");
  EXPECT_EQ(suite->resolved["scenarios"]["get"]["context"].dump(), R"(["b3","w3c"])");
  EXPECT_EQ(with(R"(, "context": "jaeger")")->scenarios[0].context, ContextFormats{jaeger});
  const auto usual = with("");
  EXPECT_EQ(usual->scenarios[0].context, ContextFormats{w3c});
  EXPECT_FALSE(usual->resolved["scenarios"]["get"].contains("context"));
  EXPECT_TRUE(mentions(with(R"(, "context": "b3-multi")"),
                       "scenarios.get.context: unknown context format 'b3-multi'; did you mean "
                       "'b3multi'?"));
  EXPECT_TRUE(mentions(with(R"(, "context": [])"), "scenarios.get.context: names no format"));
  EXPECT_TRUE(mentions(with(R"(, "context": 3)"), "scenarios.get.context"));
}

TEST(ReadScenarios, AScenarioMayNameItsTargets) {
  const auto with = [](const std::string& targets) {
    const std::string scenarios = R"({"get": {"path": "/", "targets": )" + targets + "}}";
    return read_with(scenarios);
  };
  const auto suite = with(R"(["gin", "nethttp"])");
  ASSERT_TRUE(suite) << message(suite);
  EXPECT_EQ(suite->scenarios[0].targets, (std::vector<std::string>{"gin", "nethttp"}));
  EXPECT_EQ(suite->scenarios[0].options.dump(), R"({"path":"/"})");
  EXPECT_EQ(suite->resolved["scenarios"]["get"]["targets"].dump(), R"(["gin","nethttp"])");
  EXPECT_TRUE(mentions(with(R"(["gin"])"), "targets.nethttp: has no scenario"));
  EXPECT_TRUE(mentions(with(R"(["nobody"])"), "scenarios.get.targets: unknown target 'nobody'"));
  EXPECT_TRUE(mentions(with(R"(["nobody"])"), "has no scenario"));
}

}  // namespace
}  // namespace tracetax

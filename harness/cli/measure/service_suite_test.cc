// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/measure/service_suite.h"

#include <gtest/gtest.h>

#include <array>

#include "harness/core/suite/suite_reader.h"

namespace tracetax {
namespace {

using Words = std::vector<std::string>;

ServiceOptions options_of(Words command) {
  ServiceOptions options;
  options.command = std::move(command);
  options.path = "/hello/ada";
  return options;
}

TEST(ServiceSuite, IsNamedAfterWhatRuns) {
  EXPECT_EQ(service_name(options_of({"./build/server", "--port", "{port}"})), "server");
  EXPECT_EQ(service_name(
                options_of({"opentelemetry-instrument", "gunicorn", "-b", ":{port}", "app:app"})),
            "gunicorn");
  EXPECT_EQ(service_name(options_of({"python3", "-u", "api/app.py"})), "app");
  EXPECT_EQ(service_name(options_of({"env", "X=1", "node", "--require", "otel", "server.js"})),
            "server");
  EXPECT_EQ(service_name(options_of({"java", "-javaagent:a.jar", "-jar", "shop.jar"})), "shop");
  EXPECT_EQ(service_name(options_of({"sh", "-c", "--"})), "sh");
}

TEST(ServiceSuite, CanBeReadAsOne) {
  ServiceOptions options = options_of({"./server", "--port", "{port}"});
  options.off = {"./server", "--port", "{port}", "--plain"};
  options.headers = {{"Authorization", "Bearer x"}};
  options.context = {ContextFormat::b3, ContextFormat::w3c};
  const std::string text = service_suite(options, "").dump();
  const auto suite = parse_suite(text, "made.json", {});
  ASSERT_TRUE(suite) << suite.error().message;
  ASSERT_EQ(suite->targets.size(), 1U);
  EXPECT_EQ(suite->scenarios.at(0).context, options.context);
  EXPECT_EQ(suite->targets[0].command, options.command);
  EXPECT_FALSE(suite->targets[0].env.contains("PORT")) << "its command says the port";
  ASSERT_EQ(suite->arms.size(), 4U);
  EXPECT_EQ(*suite->arms[0].per_target.at("server").command, options.off);
  EXPECT_EQ(*suite->arms[1].per_target.at("server").command, options.off) << "the sham is a copy";
  EXPECT_EQ(state_of(suite->arms[0], suite->targets[0]), TracingState::absent);
}

TEST(ServiceSuite, AProgramThatIsNotToldItsPortHasItInPORT) {
  const auto suite = service_suite(options_of({"node", "server.js"}), "/srv/app");
  EXPECT_EQ(suite["targets"]["server"]["env"]["PORT"], "{port}");
  EXPECT_EQ(suite["targets"]["server"]["working_dir"], "/srv/app");
}

TEST(ServiceSuite, TwoBuildsAreAnOffArmAndAnother) {
  ServiceOptions options = options_of({});
  options.before = {"./old", "{port}"};
  options.after = {"./new", "{port}"};
  const auto suite = parse_suite(service_suite(options, "").dump(), "made.json", {});
  ASSERT_TRUE(suite) << suite.error().message;
  ASSERT_EQ(suite->arms.size(), 3U);
  EXPECT_EQ(suite->arms[0].role, ArmRole::off);
  EXPECT_EQ(suite->arms[1].role, ArmRole::sham);
  EXPECT_EQ(*suite->arms[2].per_target.at("old").command, options.after);
  EXPECT_EQ(*suite->arms[2].state, TracingState::noop);
}

TEST(ServiceSuite, TakesWhatTheLookFound) {
  const ServiceOptions options = options_of({"java", "-jar", "shop.jar"});
  ArmLook off;
  off.runtime = "java";
  off.load = LoadLook{.planned_rate = 220, .window_costs_us = {900, 500, 300, 200, 150}};
  ArmLook on = off;
  on.spans = SpanLook{.spans_each = 3, .all_alike = true};
  auto suite = service_suite(options, "");
  adopt(suite, options, std::array{off, on});
  EXPECT_EQ(suite["targets"]["shop"]["spans_per_request"], 3);
  EXPECT_EQ(suite["design"]["processes"], "kept");
  EXPECT_EQ(suite["design"]["blocks"], 14) << "seven launches of two blocks";
  EXPECT_EQ(suite["design"]["warmup"], "until steady");
  EXPECT_EQ(suite["design"]["measure"], "3.0s")
      << "1,100 requests take 5 s at the rate of cold code";
  EXPECT_EQ(suite["load"]["rate"], "30%");
}

TEST(ServiceSuite, TheRateIsOneThatTheDearestArmBears) {
  const ServiceOptions options = options_of({"./server", "{port}"});
  ArmLook off;
  off.load = LoadLook{.planned_rate = 3000, .window_costs_us = {50, 50, 50, 50, 50}};
  ArmLook on = off;
  on.load->window_costs_us = {150, 150, 150};
  auto suite = service_suite(options, "");
  adopt(suite, options, std::array{off, on});
  EXPECT_EQ(suite["load"]["rate"], "16%") << "half of what an arm of three times the cost can do";
}

TEST(ServiceSuite, WhatIsSteadyFromTheStartIsNotWarmedUpForLong) {
  const ServiceOptions options = options_of({"./server", "{port}"});
  ArmLook off;
  off.load =
      LoadLook{.planned_rate = 9000, .window_costs_us = {60, 50, 50, 51, 50, 50, 50, 50, 50}};
  auto suite = service_suite(options, "");
  adopt(suite, options, std::array{off});
  EXPECT_EQ(suite["design"]["warmup"], "1s");
  EXPECT_EQ(suite["design"]["measure"], "1.0s");
  EXPECT_FALSE(suite["design"].contains("processes"));
}

}  // namespace
}  // namespace tracetax

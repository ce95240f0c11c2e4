// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/service_reader.h"

#include <gtest/gtest.h>

#include <csignal>

#include "harness/core/files/suite_files.h"
#include "harness/core/suite/suite_reader.h"
#include "harness/core/suite/suite_writer.h"

namespace tracetax {
namespace {

using Names = std::vector<std::string>;

std::string suite_with(const std::string& target, const std::string& more = "") {
  return R"({"name": "s", "targets": {"shop": )" + target +
         R"(}, "scenarios": {"get": {}}, "arms": ["off", "on@1%"])" + more + "}";
}

Suite read(const std::string& text) {
  const auto suite = parse_suite(text, "suite", {});
  EXPECT_TRUE(suite) << (suite ? "" : suite.error().message);
  return suite.value_or(Suite{});
}

std::string mistakes_in(const std::string& text) {
  const auto suite = parse_suite(text, "suite", {});
  return suite ? "none" : suite.error().message;
}

bool tells(const std::string& text, const std::string& words) {
  const std::string found = mistakes_in(text);
  EXPECT_NE(found.find(words), std::string::npos) << found;
  return found.find(words) != std::string::npos;
}

constexpr const char* kShop = R"({"env": {"ALL": "1"}, "services": {
    "db": {"use": "postgresql", "env": {"LC_ALL": null, "X": "y"}},
    "app": {"command": ["app", "{port}", "{port.db}"], "front": true, "ready": "http://127.0.0.1:{port}/up",
            "ready_within": "3s", "per_arm": {"on@1%": {"env": {"B": "1"}}}},
    "worker": {"command": ["work"], "role": "companion"}}})";

TEST(ServiceReader, TheFrontIsTheTarget) {
  const TargetSpec shop = read(suite_with(kShop)).targets.at(0);
  EXPECT_EQ(shop.kind, TargetKind::command);
  EXPECT_EQ(shop.command, (Names{"app", "{port}", "{port.db}"}));
  EXPECT_EQ(shop.ready, "http://127.0.0.1:{port}/up");
  EXPECT_EQ(shop.ready_within, std::chrono::seconds{3});
  ASSERT_EQ(shop.services.size(), 3U);
  EXPECT_EQ(front_of(shop), &shop.services[1]);
  EXPECT_EQ(shop.services[1].per_arm.at("on@1%").at("B"), "1");
}

TEST(ServiceReader, RolesAndTracingFollowFromWhatItIs) {
  const TargetSpec shop = read(suite_with(kShop)).targets.at(0);
  EXPECT_EQ(shop.services[0].role, ServiceRole::companion);
  EXPECT_FALSE(shop.services[0].traced);
  EXPECT_EQ(shop.services[1].role, ServiceRole::subject);
  EXPECT_TRUE(shop.services[1].traced);
  EXPECT_EQ(shop.services[2].role, ServiceRole::companion);
  EXPECT_TRUE(shop.services[2].traced);
}

TEST(ServiceReader, AFrontMayBeACompanionBeforeASubject) {
  const auto with_role_of_app = [](const char* role) {
    return suite_with(fmt::format(
        R"({{"services": {{"app": {{"command": ["app", "{{port}}"], "role": "{}"}},
            "proxy": {{"command": ["{{tracetax}}", "{{port}}"], "front": true, "role": "companion"}}}}}})",
        role));
  };
  const TargetSpec shop = read(with_role_of_app("subject")).targets.at(0);
  EXPECT_EQ(front_of(shop)->role, ServiceRole::companion);
  const auto nothing = parse_suite(with_role_of_app("companion"), "s.json", {});
  ASSERT_FALSE(nothing);
  EXPECT_NE(nothing.error().message.find("nothing is left to be measured"), std::string::npos);
}

TEST(ServiceReader, WhatStandsInTheSuiteGoesOverTheCatalog) {
  const ServiceSpec db = read(suite_with(kShop)).targets.at(0).services.at(0);
  EXPECT_EQ(db.use, "postgresql");
  EXPECT_EQ(db.stop_signal, SIGINT);
  EXPECT_EQ(db.env, (Environment{{"PGPASSWORD", "bench"}, {"X", "y"}}));
  EXPECT_EQ(db.prepare.size(), 1U);
}

TEST(ServiceReader, EveryServiceOfTheCatalogIsRight) {
  const auto all = list_services();
  EXPECT_GE(all.size(), 4U);
  for (const SuiteListing& service : all) {
    EXPECT_FALSE(service.description.empty()) << service.name;
    // Some stand before another one, the receiver or the app.
    const Suite suite = read(suite_with(
        R"({"emulated": "gin"})",
        R"(, "companions": {"receiver": {"use": "redis"}, "app": {"use": "redis"}, "it": {"use": ")" +
            service.name + R"("}})"));
    ASSERT_EQ(suite.companions.size(), 3U);
    const ServiceSpec& it = suite.companions[2];
    EXPECT_EQ(it.install.empty(), it.command.at(0).starts_with("{tracetax}")) << service.name;
  }
}

TEST(ServiceReader, AProgramOfTheTargetsOwnIsTheFrontAndComesLast) {
  const TargetSpec shop =
      read(suite_with(R"({"emulated": "gin", "services": {"db": {"use": "redis"}}})"))
          .targets.at(0);
  ASSERT_EQ(shop.services.size(), 2U);
  EXPECT_EQ(shop.services[1].name, "shop");
  EXPECT_TRUE(shop.services[1].front);
  EXPECT_EQ(shop.services[1].role, ServiceRole::subject);
}

TEST(ServiceReader, TheResolvedFormIsTheSameSuite) {
  for (const std::string& target :
       {std::string(kShop),
        std::string(R"({"emulated": "gin", "services": {"db": {"use": "redis"}}})")}) {
    const Suite suite = read(suite_with(
        target, R"(, "companions": {"collector": {"use": "otel-collector", "pin": "0"}})"));
    const Suite again = read(suite.resolved.dump());
    EXPECT_EQ(again.resolved, suite.resolved);
    EXPECT_EQ(again.companions.at(0).holds_spans, suite.companions.at(0).holds_spans);
  }
}

TEST(ServiceReader, APageOfMetricsIsAUrlWithPlaceholders) {
  const std::string otel =
      R"(, "companions": {"otel": {"command": ["c", "{port}"], "ports": ["metrics"], "metrics": )";
  const Suite suite =
      read(suite_with(kShop, otel + R"("http://127.0.0.1:{port.metrics}/metrics"}})"));
  EXPECT_EQ(suite.companions.at(0).metrics, "http://127.0.0.1:{port.metrics}/metrics");
  tells(suite_with(kShop, otel + R"("127.0.0.1:{port.metrics}"}})"), "expected a URL such as");
  tells(suite_with(kShop, otel + R"("http://127.0.0.1:{port.metric}/"}})"),
        "nothing stands for {port.metric}");
}

TEST(ServiceReader, MistakesAreToldAllAtOnce) {
  const std::string found = mistakes_in(suite_with(
      R"({"services": {"db": {"use": "postgrsql"}, "a.b": {"command": []},
          "app": {"command": ["x"], "stop_signal": "SIGKIL", "comand": 1, "prepare": [[]], "per_arm": {"on": {}}}}})"));
  for (const char* words :
       {"unknown service 'postgrsql'; did you mean 'postgresql'", "holds no dot",
        "names no program", "unknown", "did you mean 'command'", "expected a command",
        "exactly one service is where the load goes", "unknown arm 'on'"}) {
    EXPECT_NE(found.find(words), std::string::npos) << words << " in " << found;
  }
}

TEST(ServiceReader, PlaceholdersThatNothingStandsForAreTold) {
  EXPECT_TRUE(
      tells(suite_with(R"({"services": {"app": {"front": true, "command": ["x", "{prot}"]}}})"),
            "nothing stands for {prot}: unknown placeholder 'prot'; did you mean 'port'?"));
  EXPECT_TRUE(tells(suite_with(R"({"emulated": "gin", "env": {"DB": "{port.db}"}})"), "{port.db}"));
  EXPECT_TRUE(tells(
      suite_with(R"({"emulated": "gin"})",
                 R"(, "companions": {"c": {"command": ["x"], "files": {"f": "{port.shop}"}}})"),
      "{port.shop}"));
  EXPECT_EQ(
      mistakes_in(suite_with(
          R"({"services": {"app": {"front": true, "command": ["sh", "-c", "x ${prot} {sort} {}", "{port}"]}}})")),
      "none");
}

TEST(ServiceReader, NamesStandOnce) {
  EXPECT_TRUE(tells(suite_with(R"({"services": {"db": {"front": true, "command": ["x"]}}})",
                               R"(, "companions": {"db": {"command": ["x"]}})"),
                    "a companion is called 'db' too"));
}

TEST(ServiceReader, InvariantsSayWhatIsAskedAndWhatMustCome) {
  const auto with = [](const std::string& invariants) {
    return suite_with(R"({"emulated": "gin", "services": {"db": {"use": "redis", "invariants": )" +
                      invariants + "}}}");
  };
  const std::string right = with(
      R"([{"name": "no oversell", "command": ["redis-cli", "-p", "{port}"], "expects": "0"}])");
  const Suite suite = read(right);
  const std::vector<InvariantSpec>& asked = suite.targets.at(0).services.at(0).invariants;
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].name, "no oversell");
  EXPECT_EQ(asked[0].command, (Names{"redis-cli", "-p", "{port}"}));
  EXPECT_EQ(asked[0].expects, "0");
  EXPECT_EQ(read(resolved_form(suite).dump()).targets.at(0).services.at(0).invariants.size(), 1U);
  tells(with(R"([{"name": "a", "command": ["b"]}])"), "expects");
  tells(with(R"([{"name": "a", "command": [], "expects": ""}])"), "names no program");
  tells(with(R"([{"name": "a", "command": ["{prot}"], "expects": ""}])"),
        "nothing stands for {prot}");
  tells(
      with(
          R"([{"name": "a", "command": ["b"], "expects": ""}, {"name": "a", "command": ["c"], "expects": ""}])"),
      "is asked twice");
}

}  // namespace
}  // namespace tracetax

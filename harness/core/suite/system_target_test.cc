// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/system_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/core/suite/suite_reader.h"

namespace tracetax {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

constexpr std::string_view kSuite = R"({"name": "s",
  "targets": {"shop": {"topology": {
    "services": {
      "gateway": {"framework": "gin", "front": true,
                  "routes": {"GET /": [{"call": "stock", "route": "s.Stock/Take"}]}},
      "stock": {"framework": "grpc-go", "instances": [{}, {"slower": 5, "fault": "leak"}],
                "routes": {"s.Stock/Take": [{"sql": "db", "statements": ["SELECT 1"]}]}}},
    "stores": {"db": {"kind": "postgresql", "service": "pg"}},
    "companions": {"pg": {"command": ["pg", "{port}"]}},
    "variants": {"rr": {"services": {"gateway": {"calls": {"balancer": "round_robin"}}}}}}}},
  "scenarios": {"get": {"kind": "http", "path": "/"}},
  "arms": ["off", {"name": "on@100%", "variant": "rr"}]})";

TEST(SystemTarget, ItsProcessesAreServices) {
  const auto suite = parse_suite(kSuite, "s.json", {}, {});
  ASSERT_TRUE(suite) << suite.error().message;
  const TargetSpec& target = suite->targets.at(0);
  std::vector<std::string> names;
  for (const ServiceSpec& service : target.services) names.push_back(service.name);
  // Companions first, and who is called before who calls.
  EXPECT_THAT(names, ElementsAre("pg", "stock-1", "stock-2", "gateway"));
  EXPECT_EQ(target.services[0].role, ServiceRole::companion);
  EXPECT_FALSE(is_of_system(target, target.services[0]));
  EXPECT_EQ(target.services[2].role, ServiceRole::subject);
  EXPECT_EQ(target.services[2].env.at("OTEL_SERVICE_NAME"), "stock");
  EXPECT_EQ(target.services[2].env.at("TRACETAX_FAULT"), "leak");
  EXPECT_THAT(target.services[2].command, IsSupersetOf({"db=127.0.0.1:{port.pg}", "2"}));
  EXPECT_THAT(target.services[3].command,
              IsSupersetOf({"stock=127.0.0.1:{port.stock-1},127.0.0.1:{port.stock-2}"}));
  EXPECT_TRUE(is_of_system(target, *front_of(target)));
  EXPECT_EQ(suite->arms.at(1).variant, "rr");
}

TEST(SystemTarget, TheResolvedSuiteIsTheSameAgain) {
  const auto suite = parse_suite(kSuite, "s.json", {}, {});
  ASSERT_TRUE(suite) << suite.error().message;
  const auto again = parse_suite(suite->resolved.dump(), "again.json", {}, {});
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->resolved, suite->resolved);
}

TEST(SystemTarget, TellsWhatIsWrong) {
  const auto told = [](std::string_view what, std::string_view with) {
    std::string text(kSuite);
    text.replace(text.find(what), what.size(), with);
    const auto suite = parse_suite(text, "s.json", {}, {});
    return suite ? "" : suite.error().message;
  };
  EXPECT_THAT(told(R"("variant": "rr")", R"("variant": "r")"), HasSubstr("did you mean 'rr'"));
  EXPECT_THAT(told(R"("sql": "db")", R"("sql": "dv")"), HasSubstr("s.json:"));
  EXPECT_THAT(told(R"("pg": {"command")", R"("stock-1": {"command")"),
              HasSubstr("unknown companion 'pg'"));
  EXPECT_THAT(told(R"({"topology": {)", R"({"spans_per_request": 3, "topology": {)"),
              HasSubstr("does not fit beside"));
}

}  // namespace
}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/core/topology/topology_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tracetax {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// What is wrong with a topology whose gateway has these steps.
std::string mistakes_of(const std::string& steps) {
  const auto system = read_topology(
      R"({"services": {"gateway": {"framework": "gin", "front": true, "routes": {"GET /a": )" +
          steps + R"(}}, "stock": {"framework": "grpc-go", "routes": {"s.Stock/Take": []}}},
          "stores": {"db": {"kind": "postgresql", "service": "pg"},
                     "cache": {"kind": "redis", "service": "pg"}},
          "companions": {"pg": {"use": "postgresql"}}})",
      "t.json");
  return system ? "" : system.error().message;
}

TEST(TopologyReader, ReadsEveryKindOfStep) {
  const auto system = read_topology(R"({
    "description": "all",
    "services": {
      "gateway": {"framework": "gin", "front": true, "instances": [{"slower": 5}],
        "calls": {"balancer": "p2c_gozero", "breaker": true, "timeout": "2s", "retries": 1, "weights": [3]},
        "routes": {"POST /orders/:sku": [
          {"span": "logic", "shadows_context": true, "late_attributes": 2, "steps": [{"spin": "20us"}]},
          {"call": "stock", "route": "s.Stock/Take", "deadline": "50ms", "failed": {"label": "gone", "answer": 409}},
          {"parallel": [[{"sleep": ["1ms", "2ms"]}], [{"alloc": "64KiB"}]]},
          {"sql": "db", "statements": ["SELECT 1 WHERE 1 = ?"], "arguments": ["{sku}"], "as": "one", "rows": 2},
          {"store": "cache", "script": "return 1", "keys": 1, "command": ["{sku}"], "none": {"label": "nil"}},
          {"limit": {"per_second": 10, "burst": 2}, "none": {"label": "limited", "answer": 429}},
          {"work": "order_book", "with": {"levels": 5}},
          {"publish": "mq", "to": "orders"},
          {"answer": 202}]}},
      "stock": {"framework": "grpc-go", "instances": 3, "routes": {"s.Stock/Take": []},
        "consumers": [{"broker": "mq", "from": "orders", "batch": 10, "within": "5ms", "each": true, "steps": []}]}},
    "stores": {"db": {"kind": "postgresql", "service": "pg", "connections": 4, "wait": "1s", "setup": ["x"]},
               "cache": {"kind": "redis", "service": "rd", "traced_as": "gozero"}},
    "brokers": {"mq": {"kind": "ring"}},
    "companions": {"pg": {"use": "postgresql"}, "rd": {"use": "redis"}},
    "variants": {"slow": {"services": {"gateway": {"calls": {"balancer": "round_robin"}}}}}})",
                                    "dir/all.json");
  ASSERT_TRUE(system) << system.error().message;
  const Topology& base = system->base;
  EXPECT_EQ(base.name, "all");
  const ServiceTopology& gateway = base.services.at(0);
  EXPECT_EQ(gateway.instances.at(0).slower, 5);
  EXPECT_THAT(gateway.calls.weights, ElementsAre(3));
  const Steps& steps = gateway.routes.at("POST /orders/:sku");
  ASSERT_EQ(steps.size(), 9U);
  EXPECT_TRUE(std::get<SpanStep>(steps[0].what).shadows_context);
  EXPECT_EQ(std::get<CallStep>(steps[1].what).failed->answer, 409U);
  EXPECT_EQ(std::get<SleepStep>(std::get<ParallelStep>(steps[2].what).branches[0][0].what).most,
            std::chrono::milliseconds(2));
  EXPECT_EQ(std::get<SqlStep>(steps[3].what).rows, 2);
  EXPECT_EQ(std::get<StoreStep>(steps[4].what).script, "return 1");
  EXPECT_EQ(std::get<LimitStep>(steps[5].what).burst, 2);
  EXPECT_EQ(std::get<WorkStep>(steps[6].what).with["levels"], 5);
  EXPECT_EQ(base.services.at(1).instances.size(), 3U);
  EXPECT_EQ(base.services.at(1).consumers.at(0).join, Join::link);
  EXPECT_EQ(system->of("slow").services.at(0).calls.balancer, "round_robin");
  EXPECT_EQ(system->of("").services.at(0).calls.balancer, "p2c_gozero");
}

TEST(TopologyReader, TellsWhatIsWrongWithAStep) {
  EXPECT_EQ(mistakes_of("[]"), "");
  EXPECT_THAT(mistakes_of(R"([{"cal": "stock"}])"), HasSubstr("did you mean 'call'"));
  EXPECT_THAT(mistakes_of(R"([{"call": "stok", "route": "x"}])"),
              HasSubstr("did you mean 'stock'"));
  EXPECT_THAT(mistakes_of(R"([{"call": "stock", "route": "s.Stock/Tke"}])"),
              HasSubstr("did you mean 's.Stock/Take'"));
  EXPECT_THAT(mistakes_of(R"([{"sql": "cache", "statements": ["SELECT 1"]}])"),
              HasSubstr("takes commands"));
  EXPECT_THAT(mistakes_of(R"([{"sql": "db", "statements": ["SELECT ?"]}])"),
              HasSubstr("1 ? in its statements and 0 arguments"));
  EXPECT_THAT(mistakes_of(R"([{"limit": {"per_second": 1}}])"), HasSubstr("429"));
  EXPECT_THAT(mistakes_of(R"([{"store": "cache", "command": ["GET", "a"], "none": {"label": "m"}},
                              {"store": "cache", "command": ["GET", "b"], "none": {"label": "m"}}])"),
              HasSubstr("a second time"));
  EXPECT_THAT(mistakes_of(R"([{"sleep": ["2ms", "1ms"]}])"), HasSubstr("shortest"));
  EXPECT_THAT(mistakes_of(R"([{"spin": "20us", "stpes": []}])"), HasSubstr("stpes"));
}

TEST(TopologyReader, TellsAllMistakesOfADocumentAtOnce) {
  const auto system = read_topology(R"({
    "services": {
      "a": {"framework": "gni", "routes": {"GET": []}},
      "b": {"framework": "grpc-go", "front": true, "routes": {"x": [{"publish": "mq", "to": "q"}]},
            "consumers": [{"broker": "mq", "from": "q", "batch": 2, "join": "parent", "steps":
               [{"work": "w", "none": {"label": "l"}}]}]}},
    "stores": {"db": {"kind": "mysql", "service": "my", "traced_as": "otel"}},
    "variants": {"v": {"services": {"c": {"framework": "gin"}}}}})",
                                    "t.json");
  ASSERT_FALSE(system);
  const std::string& all = system.error().message;
  for (const char* part :
       {"unknown framework 'gni'; did you mean 'gin'", "is no route", "is no method", "mysql",
        "unknown companion 'my'", "unknown instrumentation 'otel'", "unknown broker 'mq'",
        "cannot be the child of all its messages", "the front answers HTTP requests",
        "no answer could tell", "changes which processes there are", "t.json:3: "}) {
    EXPECT_THAT(all, HasSubstr(part));
  }
}

TEST(TopologyReader, RefusesCallsInACircle) {
  const auto system = read_topology(R"({"services": {
      "a": {"framework": "gin", "front": true, "routes": {"GET /": [{"call": "b", "route": "GET /"}]}},
      "b": {"framework": "gin", "routes": {"GET /": [{"call": "a", "route": "GET /"}]}}}})",
                                    "t.json");
  ASSERT_FALSE(system);
  EXPECT_THAT(system.error().message, HasSubstr("no circle"));
}

}  // namespace
}  // namespace tracetax

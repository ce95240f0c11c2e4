// SPDX-License-Identifier: Apache-2.0
#include "harness/core/topology/span_trees.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/core/topology/span_names.h"
#include "harness/core/topology/topology_reader.h"

namespace tracetax {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The example of docs/topologies.md, with a late callee and a cache beside it.
Topology shop() {
  auto system = read_topology(R"({
    "services": {
      "gateway": {"framework": "gin", "front": true, "routes": {
        "POST /orders/:sku": [
          {"call": "inventory", "route": "POST /reserve/:sku", "failed": {"label": "sold_out", "answer": 409}},
          {"publish": "mq", "to": "order.created"}],
        "GET /orders/new": [],
        "GET /orders/:sku": [
          {"span": "logic", "steps": [
            {"store": "cache", "command": ["GET", "x"], "none": {"label": "miss", "steps": [
              {"sql": "db", "statements": ["select n from stock"], "arguments": []}]}}]}]}},
      "inventory": {"framework": "kratos-http", "routes": {
        "POST /reserve/:sku": [
          {"sql": "db", "statements": ["UPDATE stock SET n = ?"], "arguments": ["1"],
           "none": {"label": "no_stock", "answer": 409}}]},
        "consumers": [{"broker": "mq", "from": "order.created", "join": "link", "steps": [
          {"span": "confirm", "steps": []}]}]}},
    "stores": {"db": {"kind": "postgresql", "service": "pg"}, "cache": {"kind": "redis", "service": "rd"}},
    "brokers": {"mq": {"kind": "rabbitmq", "service": "mq"}},
    "companions": {"pg": {"use": "postgresql"}, "rd": {"use": "redis"}, "mq": {"use": "rabbitmq"}}})",
                              "shop.json");
  EXPECT_TRUE(system) << system.error().message;
  return system->base;
}

TEST(SpanTrees, FollowTheRouteThroughAllServices) {
  const auto tree = expected_tree(shop(), "POST /orders/:sku", {});
  ASSERT_TRUE(tree) << tree.error().message;
  const std::string text = tree_text(*tree);
  EXPECT_THAT(text, HasSubstr("SERVER gateway POST /orders/:sku\n"
                              "  CLIENT gateway HTTP POST\n"
                              "    SERVER inventory /reserve/{sku}\n"));
  ASSERT_EQ(tree->linked.size(), 1U);
  EXPECT_EQ(tree->spans.at(tree->linked[0].from).kind, 4);
  EXPECT_EQ(tree->linked[0].tree.spans.at(0).parent, -1);
  EXPECT_EQ(tree->linked[0].tree.spans.at(1).name, "confirm");
}

TEST(SpanTrees, EndWhereABranchEnds) {
  const auto tree = expected_tree(shop(), "POST /orders/:sku", {"sold_out", "no_stock"});
  ASSERT_TRUE(tree) << tree.error().message;
  EXPECT_THAT(tree->linked, IsEmpty());
  EXPECT_THAT(tree_text(*tree), Not(HasSubstr("PRODUCER")));
}

TEST(SpanTrees, RefuseBranchesThatNoRequestCanTake) {
  EXPECT_THAT(expected_tree(shop(), "POST /orders/:sku", {"miss"}).error().message,
              HasSubstr("cannot take the branch 'miss'"));
  // The callee answered 409, so its caller must have noticed.
  EXPECT_THAT(expected_tree(shop(), "POST /orders/:sku", {"no_stock"}).error().message,
              HasSubstr("inventory answered 409"));
  // And cannot have been refused without that.
  EXPECT_FALSE(expected_tree(shop(), "POST /orders/:sku", {"sold_out"}));
}

TEST(SpanTrees, OutcomesAreAllThatCanHappen) {
  const Topology topology = shop();
  std::vector<std::string> found;
  for (const RouteOutcome& outcome : outcomes_of(topology, "POST /orders/:sku")) {
    std::string line = std::to_string(outcome.status);
    for (const std::string& label : outcome.labels) line += " " + label;
    found.push_back(line);
    const auto again = expected_tree(topology, "POST /orders/:sku", outcome.labels);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->spans, outcome.tree.spans);
  }
  EXPECT_THAT(found, ElementsAre("200", "409 no_stock sold_out"));
}

TEST(SpanTrees, ADeadlineMayPassWithoutTheCalleesKnowledge) {
  Topology topology = shop();
  auto& steps = topology.services[0].routes["POST /orders/:sku"];
  std::get<CallStep>(steps[0].what).deadline = std::chrono::milliseconds(5);
  const auto late = expected_tree(topology, "POST /orders/:sku", {"sold_out"});
  ASSERT_TRUE(late) << late.error().message;
  EXPECT_THAT(tree_text(*late), HasSubstr("SERVER inventory"));
  EXPECT_EQ(outcomes_of(topology, "POST /orders/:sku").size(), 3U);
}

TEST(SpanTrees, AShadowedContextIsTheParentOfWhatFollows) {
  Topology topology = shop();
  topology.services[0].routes["GET /orders/new"] = {
      Step{SpanStep{.name = "verify_user", .steps = {}, .shadows_context = true}},
      Step{SpanStep{.name = "create_order", .steps = {}}}};
  const auto tree = expected_tree(topology, "GET /orders/new", {});
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree_text(*tree),
            "SERVER gateway GET /orders/new\n  INTERNAL gateway verify_user\n"
            "    INTERNAL gateway create_order\n");
}

TEST(SpanTrees, RouteOfARequest) {
  const Topology topology = shop();
  EXPECT_EQ(route_of(topology, "POST", "/orders/17?x=1"), "POST /orders/:sku");
  EXPECT_EQ(route_of(topology, "GET", "/orders/new"), "GET /orders/new");
  EXPECT_EQ(route_of(topology, "GET", "/orders/17"), "GET /orders/:sku");
  EXPECT_EQ(route_of(topology, "GET", "/orders/17/more"), "");
  EXPECT_EQ(route_of(topology, "PUT", "/orders/17"), "");
}

}  // namespace
}  // namespace tracetax

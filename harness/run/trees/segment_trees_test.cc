// SPDX-License-Identifier: Apache-2.0
#include "harness/run/trees/segment_trees.h"

#include <gtest/gtest.h>

#include "harness/core/topology/topology_reader.h"

namespace tracetax {
namespace {

Topology shop() {
  auto system = read_topology(R"({
    "services": {
      "gateway": {"framework": "gin", "front": true, "routes": {
        "POST /orders/:sku": [
          {"call": "stock", "route": "POST /reserve/:sku", "deadline": "50ms",
           "failed": {"label": "sold_out", "answer": 409}}],
        "GET /orders/:sku": [{"limit": {"per_second": 10, "burst": 1},
                              "none": {"label": "limited", "answer": 503}}]}},
      "stock": {"framework": "gin", "routes": {
        "POST /reserve/:sku": [
          {"sql": "db", "statements": ["UPDATE stock SET n = ?"], "arguments": ["1"],
           "none": {"label": "no_stock", "answer": 409}}]}}},
    "stores": {"db": {"kind": "postgresql", "service": "pg"}},
    "companions": {"pg": {"use": "postgresql"}}})",
                              "shop.json");
  EXPECT_TRUE(system) << system.error().message;
  return system ? system->base : Topology{};
}

PreparedScenario asks(const std::vector<std::string>& lines) {
  PreparedScenario scenario;
  for (const std::string& line : lines)
    scenario.requests.push_back({.bytes = line + " HTTP/1.1\r\n\r\n", .context = {}});
  return scenario;
}

TEST(SegmentTrees, StatusesOfBranchesAreRightButForThatOfAFailedLeg) {
  PreparedScenario scenario = asks({"POST /orders/7?user=1", "GET /orders/7"});
  const Status read = read_outcomes(shop(), scenario);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_TRUE(scenario.reads_outcome);
  EXPECT_EQ(scenario.branch_statuses, (std::vector<int>{200, 409}));
}

TEST(SegmentTrees, WhatNoTreeCanBeKnownOfIsRefused) {
  const auto refused = [](PreparedScenario scenario) {
    const Status read = read_outcomes(shop(), scenario);
    return read ? std::string() : read.error().message;
  };
  EXPECT_EQ(refused(asks({"POST /orders/7", "POST /order"})),
            "topology shop: the front has no route for 'POST /order'; its routes: GET "
            "/orders/:sku, POST /orders/:sku");
  PreparedScenario cookies = asks({"POST /orders/7"});
  cookies.keeps_cookies = true;
  EXPECT_NE(refused(cookies).find("cookies"), std::string::npos);
  PreparedScenario http2 = asks({"POST /orders/7"});
  http2.protocol = Protocol::http2;
  EXPECT_NE(refused(http2).find("HTTP/1.1"), std::string::npos);
}

TEST(SegmentTrees, EachRequestHasTheTreeOfItsRouteAndOutcome) {
  const Topology topology = shop();
  const PreparedScenario scenario = asks({"POST /orders/7", "POST /orders/8"});
  SegmentTrees trees(topology, scenario);
  EXPECT_FALSE(trees.has_batches());
  LoadResult result;
  result.due = 6;
  result.uncertain = {4};
  result.outcomes = Outcomes{{"", "no_stock sold_out", "sold_out"}, {0, 0, 1, 0, kNoOutcome, 2}};
  ExpectedSpans expected;
  const auto add = [&] {
    ExpectedPhase phase;
    phase.requests = result.due;
    phase.uncertain = result.uncertain;
    return trees.add(std::move(phase), result, expected);
  };
  ASSERT_TRUE(add());
  ASSERT_TRUE(add());  // the same trees again
  ASSERT_EQ(expected.trees.size(), 4U);
  EXPECT_EQ(expected.phases[1].trees, (std::vector<std::uint16_t>{1, 1, 2, 1, 0, 3}));
  EXPECT_EQ(expected.phases[1].uncertain, std::vector<std::uint64_t>{4});
  EXPECT_EQ(expected.trees[1].request, "POST /orders/:sku");
  EXPECT_EQ(expected.trees[2].request, "POST /orders/:sku, no_stock sold_out");
  EXPECT_FALSE(expected.trees[1].late);
  EXPECT_TRUE(expected.trees[3].late);  // the deadline may have passed
  EXPECT_GT(expected.trees[1].tree.spans.size(), 3U);

  // What no request can say is told, and not expected.
  result.outcomes->texts[2] = "limited";
  const Status wrong = add();
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().message.find("limited"), std::string::npos);
  EXPECT_EQ(expected.phases[2].uncertain, (std::vector<std::uint64_t>{4, 5}));
}

}  // namespace
}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/core/receipt/tree_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/core/receipt/receipt_json.h"
#include "harness/core/receipt/tree_testing.h"

namespace tracetax {
namespace {

using namespace testing;

TEST(TreeJson, ThePlanComesBack) {
  ExpectedSpans expected = four_orders();
  expected.trees[1].late = true;
  expected.counted = true;
  const auto again = expected_spans_from_json(expected_spans_to_json(expected));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(again->counted);
  EXPECT_EQ(again->phases[0].trees, expected.phases[0].trees);
  ASSERT_EQ(again->trees.size(), 2U);
  EXPECT_EQ(again->trees[0].request, "POST /order");
  EXPECT_TRUE(again->trees[1].late);
  const SpanTree& tree = again->trees[0].tree;
  EXPECT_EQ(tree.spans, order_tree().spans);
  ASSERT_EQ(tree.linked.size(), 1U);
  EXPECT_EQ(tree.linked[0].from, 4U);
  EXPECT_EQ(tree.linked[0].tree.spans, order_tree().linked[0].tree.spans);
}

TEST(TreeJson, ABrokenPlanIsRefused) {
  const auto good = expected_spans_to_json(four_orders());
  const auto refused = [&good](auto&& change) {
    auto json = good;
    change(json);
    const auto read = expected_spans_from_json(json);
    return read ? std::string() : read.error().message;
  };
  EXPECT_EQ(refused([](auto&) {}), "");
  EXPECT_NE(refused([](auto& json) { json["trees"][0]["spans"][1][3] = 1; }), "");
  EXPECT_NE(refused([](auto& json) { json["trees"][0]["linked"][0]["from"] = 5; }), "");
  EXPECT_NE(refused([](auto& json) { json["phases"][0]["trees"][3] = 2; }), "");
  EXPECT_NE(refused([](auto& json) { json["phases"][0]["trees"].erase(0); }), "");
  EXPECT_NE(refused([](auto& json) { json["phases"][0].erase("trees"); }), "");
}

TEST(TreeJson, TheAccountComesBack) {
  const ExpectedSpans expected = four_orders();
  MadeSpans made = all_of(expected);
  made.spans[3].marks = 1;
  const Receipt receipt = made.receipt(expected);
  const auto json = receipt_to_json(receipt);
  const auto again = receipt_from_json(json);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(receipt_to_json(*again), json);
  EXPECT_EQ(again->reason(), receipt.reason());
  ASSERT_EQ(again->trees->wrong.size(), 1U);
  auto broken = json;
  broken["trees"]["wrong"][0].erase("traces");
  EXPECT_FALSE(receipt_from_json(broken));
}

}  // namespace
}  // namespace tracetax

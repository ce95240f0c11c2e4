// Traces against the trees that a topology promises, with mistakes planted one by one.
// SPDX-License-Identifier: Apache-2.0
#include "harness/core/receipt/tree_check.h"

#include <gtest/gtest.h>

#include "harness/core/receipt/tree_testing.h"

namespace tracetax {
namespace {

using namespace testing;

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(TreeCheck, ClosesWhereAllIsAsTheTreeSays) {
  const ExpectedSpans expected = four_orders();
  EXPECT_EQ(spans_due(expected), 3U * (5 + 2) + 2);
  const Receipt receipt = all_of(expected).receipt(expected);
  EXPECT_EQ(receipt.reason(), "");
  ASSERT_TRUE(receipt.trees);
  EXPECT_EQ(receipt.expected, 23U);
  EXPECT_EQ(receipt.received, 23U);
  EXPECT_EQ(receipt.traces_expected, 7U);
  EXPECT_EQ(receipt.traces_received, 7U);
  EXPECT_EQ(receipt.trees->traces, 4U);
  EXPECT_EQ(receipt.trees->right, 4U);
  EXPECT_EQ(receipt.trees->links_received, 3U);
  EXPECT_EQ(receipt.trees->linked_traces, 3U);
  EXPECT_EQ(receipt.trees->requests, (std::map<std::string, std::uint64_t>{
                                         {"POST /order", 3}, {"POST /order, sold_out", 1}}));
  EXPECT_EQ(receipt.quality->traces_whole, 7U);
}

TEST(TreeCheck, OfUnsampledRequestsNothingComes) {
  const ExpectedSpans expected = four_orders(0.5);
  const MadeSpans made = all_of(expected);
  const Receipt receipt = made.receipt(expected);
  EXPECT_LT(receipt.trees->traces, 4U);
  EXPECT_TRUE(receipt.closes()) << receipt.reason();
  EXPECT_EQ(receipt.trees->requests.at("POST /order"), 3U);
}

TEST(TreeCheck, EveryMistakeKeepsTheReceiptOpen) {
  const ExpectedSpans expected = four_orders();
  const MadeSpans good = all_of(expected);
  const auto reason = [&](auto&& change) {
    MadeSpans made = good;
    change(made);
    return made.receipt(expected).reason();
  };
  const auto others = [&good](MadeSpans& made) { return made.facts.names.index_of("render"); };
  EXPECT_TRUE(has(reason([&](MadeSpans& made) { made.spans[3].name = others(made); }),
                  "1 traces are not the tree that the topology says (POST /order, trace "));
  EXPECT_TRUE(has(reason([](MadeSpans& made) { made.spans[3].marks = 2; }), "is there instead"));
  EXPECT_TRUE(has(reason([](MadeSpans& made) { made.spans[3].service = 0; }), "is missing"));
  EXPECT_TRUE(
      has(reason([](MadeSpans& made) { made.spans[4].parent_span_id = made.spans[2].span_id; }),
          "stands under"));
  EXPECT_TRUE(has(reason([](MadeSpans& made) {
                    made.spans.push_back(made.spans[3]);
                    made.spans.back().span_id.bytes[0] ^= 0xff;
                  }),
                  "is too many"));
  // The last request's trace as if it had not been sold out.
  ExpectedSpans other = expected;
  other.phases[0].trees[3] = 0;
  EXPECT_TRUE(has(good.receipt(other).reason(), "is missing"));
}

TEST(TreeCheck, WhatIsMissingIsALossAndWhatIsElsewhereIsNot) {
  const ExpectedSpans expected = four_orders();
  MadeSpans made = all_of(expected);
  made.spans.pop_back();  // of the last request
  const Receipt lost = made.receipt(expected);
  EXPECT_FALSE(lost.closes());
  EXPECT_TRUE(lost.only_loses()) << lost.reason();
  EXPECT_EQ(lost.trees->lacking, 1U);
  made.spans[4].parent_span_id = made.spans[2].span_id;
  EXPECT_FALSE(made.receipt(expected).only_loses());
}

TEST(TreeCheck, EachMessageIsLinkedToOnce) {
  const ExpectedSpans expected = four_orders();
  const MadeSpans good = all_of(expected);
  // Spans 5 and 6 are the trace that is linked to the first request's.
  ASSERT_EQ(good.facts.links.front().span, 5U);

  MadeSpans never = good;
  never.facts.links.erase(never.facts.links.begin());
  EXPECT_TRUE(has(never.receipt(expected).reason(), "2 messages were linked to, 3 expected"));
  EXPECT_EQ(never.receipt(expected).unexpected_traces, 1U);

  MadeSpans twice = good;
  const TraceContext first = expected.phases[0].ids.at(0);
  twice.add_linked(order_tree().linked[0].tree, MadeSpans::other_trace(0, 9), first.trace_id,
                   good.spans[4].span_id);
  EXPECT_EQ(twice.receipt(expected).unexpected_traces, 1U);
  EXPECT_EQ(twice.receipt(expected).trees->linked_wrong, 1U);

  MadeSpans elsewhere = good;  // to the SERVER span and not to the PRODUCER
  elsewhere.facts.links.front().span_id = good.spans[0].span_id;
  EXPECT_EQ(elsewhere.receipt(expected).trees->links_received, 2U);
  EXPECT_FALSE(elsewhere.receipt(expected).closes());

  MadeSpans unknown = good;
  unknown.facts.links.front().trace_id = MadeSpans::other_trace(0, 7);
  EXPECT_EQ(unknown.receipt(expected).trees->linked_wrong, 1U);
  EXPECT_FALSE(unknown.receipt(expected).closes());

  MadeSpans renamed = good;
  renamed.spans[6].name = renamed.facts.names.index_of("POST");
  const Receipt receipt = renamed.receipt(expected);
  EXPECT_EQ(receipt.trees->linked_wrong, 1U);
  EXPECT_TRUE(has(receipt.reason(), "POST /order (linked), trace ee01")) << receipt.reason();
}

TEST(TreeCheck, WhatIsLinkedToAnUncertainRequestIsUncertain) {
  ExpectedSpans expected = four_orders();
  const MadeSpans made = all_of(expected);
  expected.phases[0].uncertain = {1};
  const Receipt receipt = made.receipt(expected);
  EXPECT_TRUE(receipt.closes()) << receipt.reason();
  EXPECT_EQ(receipt.uncertain_spans, 7U);
  EXPECT_EQ(receipt.trees->links_expected, 2U);
}

TEST(TreeCheck, ALinkedTraceMayBeLinkedToItself) {
  ExpectedSpans expected = four_orders();
  LinkedTree& mail = expected.trees[0].tree.linked[0];
  mail.tree.spans.push_back({"mail", "sent publish", 4, 0});
  mail.tree.linked = {{2, {.spans = {{"audit", "sent process", 5, -1}}, .linked = {}}, false}};
  MadeSpans made;
  for (std::uint64_t k = 0; k < 3; ++k) {
    // The innermost first, so that what it is linked to has not been seen yet.
    const TraceId inner = MadeSpans::other_trace(k, 0), outer = MadeSpans::other_trace(k, 1);
    const TraceContext context = expected.phases[0].ids.at(k);
    const auto ids = made.add(expected.trees[0].tree.spans, context.trace_id, context.span_id);
    const auto own = made.add_linked(mail.tree, outer, context.trace_id, ids[4]);
    made.add_linked(mail.tree.linked[0].tree, inner, outer, own[2]);
  }
  made.add_request(expected.phases[0].ids, 3, sold_out_tree());
  const Receipt receipt = made.receipt(expected);
  EXPECT_TRUE(receipt.closes()) << receipt.reason();
  EXPECT_EQ(receipt.trees->links_received, 6U);
  EXPECT_EQ(spans_due(expected), receipt.received);
}

TEST(TreeCheck, TwoMessagesOfOneKindNeedTwoLinks) {
  ExpectedSpans expected = four_orders();
  SpanTree& tree = expected.trees[0].tree;
  tree.spans.push_back(tree.spans[4]);
  tree.linked.push_back(tree.linked[0]);
  tree.linked[1].from = 5;
  MadeSpans made = all_of(expected);
  EXPECT_TRUE(made.receipt(expected).closes()) << made.receipt(expected).reason();
  // Both to the same message.
  made.facts.links[1].span_id = made.facts.links[0].span_id;
  EXPECT_EQ(made.receipt(expected).trees->links_received, 5U);
  EXPECT_FALSE(made.receipt(expected).closes());
}

TEST(TreeCheck, ABatchIsLinkedToEachOfItsMessages) {
  ExpectedSpans expected = four_orders();
  LinkedTree& mail = expected.trees[0].tree.linked[0];
  mail.batched = true;
  mail.tree.spans[1].name = "process";  // of each message
  EXPECT_TRUE(has_batches(expected.trees[0].tree));
  EXPECT_EQ(spans_due(expected), 3U * 5 + 2);
  MadeSpans made;
  std::vector<SpanId> messages;
  for (std::uint64_t k = 0; k < 4; ++k) {
    const TraceContext context = expected.phases[0].ids.at(k);
    const auto ids = made.add(k == 3 ? sold_out_tree().spans : order_tree().spans, context.trace_id,
                              context.span_id);
    if (k < 3) messages.push_back(ids[4]);
  }
  const std::size_t root = made.spans.size();
  std::vector<TreeSpan> batch{{"mail", "order.created process", 5, -1}};
  batch.resize(5, {"mail", "process", 1, 0});
  made.add(batch, MadeSpans::other_trace(0, 1), SpanId{});
  const auto link = [&](std::uint64_t k) {
    made.link(root, expected.phases[0].ids.at(k).trace_id, messages[k]);
  };
  link(0);
  made.link(root, MadeSpans::other_trace(9, 9), messages[0]);  // of an unsampled request
  link(1);
  EXPECT_TRUE(has(made.receipt(expected).reason(), "2 messages were linked to, 3 expected"));
  link(2);
  const Receipt receipt = made.receipt(expected);
  EXPECT_TRUE(receipt.closes()) << receipt.reason();
  EXPECT_EQ(receipt.expected, receipt.received);
  EXPECT_EQ(receipt.trees->linked_traces, 1U);
  MadeSpans short_of_one = made;
  short_of_one.spans.pop_back();
  EXPECT_TRUE(has(short_of_one.receipt(expected).reason(),
                  "span 'process' (internal) of service 'mail' is missing"));
  EXPECT_TRUE(short_of_one.receipt(expected).only_loses());
  made.spans.push_back(
      made.seen(batch.back(), MadeSpans::other_trace(0, 1), made.spans[root].span_id));
  link(2);  // once more
  EXPECT_TRUE(has(made.receipt(expected).reason(), "has twice"));
  EXPECT_EQ(made.receipt(expected).trees->linked_wrong, 1U);
}

TEST(TreeCheck, CountsStandForTheRequests) {
  ExpectedSpans expected = four_orders();
  expected.counted = true;
  expected.phases[0].uncertain = {2};
  EXPECT_EQ(spans_due(expected), 0U);
  // Three certain requests: shop's SERVER span in each, stock's in two.
  MadeSpans made;
  made.add({{"shop", "POST /order", 1, -1}}, MadeSpans::other_trace(0, 1), SpanId{});
  made.add({{"stock", "POST /reserve", 1, -1}}, MadeSpans::other_trace(0, 2), SpanId{});
  made.facts.counts = {{0, 3}, {1, 2}};
  const Receipt receipt = made.receipt(expected);
  EXPECT_TRUE(receipt.closes()) << receipt.reason();
  EXPECT_EQ(receipt.trees->counted_expected, 5U);
  EXPECT_EQ(receipt.trees->counted_received, 5U);
  made.facts.counts[1].requests = 4;  // the uncertain one in both
  EXPECT_TRUE(made.receipt(expected).closes());
  made.facts.counts[1].requests = 5;
  EXPECT_TRUE(has(made.receipt(expected).reason(), "sum up to 8 requests, 5 expected"));
  EXPECT_FALSE(made.receipt(expected).only_loses());
  made.facts.counts[1].requests = 1;
  EXPECT_FALSE(made.receipt(expected).closes());
  EXPECT_TRUE(made.receipt(expected).only_loses());
  made.facts.counts[1].requests = 2;
  made.spans.push_back(made.spans[0]);  // sent again
  EXPECT_TRUE(made.receipt(expected).closes());
  // A request's own trace must not come.
  made.add_request(expected.phases[0].ids, 0, sold_out_tree());
  EXPECT_EQ(made.receipt(expected).unexpected_traces, 1U);
}

}  // namespace
}  // namespace tracetax

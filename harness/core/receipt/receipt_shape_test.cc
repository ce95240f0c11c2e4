// What the receipt tells of the spans themselves: means over the distinct ones.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <vector>

#include "harness/core/receipt/receipt.h"

namespace tracetax {
namespace {

SpanSeen span(std::uint8_t number, std::uint16_t attributes) {
  SpanSeen seen;
  seen.trace_id.bytes[0] = seen.span_id.bytes[0] = number;
  seen.attributes = attributes;
  return seen;
}

TEST(ReceiptShape, IsTheMeanOverTheDistinctSpans) {
  std::vector<SpanSeen> spans{span(1, 10), span(2, 11), span(3, 12), span(3, 99)};
  spans[3].arrived_unix_ns = 1;  // the duplicate
  spans[0].events = 1;
  spans[0].bytes = 400;
  spans[1].bytes = 500;  // the others came as JSON
  const Receipt receipt = count_receipt(spans, {}, 0);
  EXPECT_EQ(receipt.duplicates, 1U);
  EXPECT_EQ(receipt.attributes_per_span, 11.0);
  EXPECT_EQ(receipt.events_per_span, 1.0 / 3);
  EXPECT_EQ(receipt.bytes_per_span, 450.0);
  EXPECT_EQ(make_receipt({}, spans, {}, 0).attributes_per_span, 11.0);
}

TEST(ReceiptShape, OfNoSpansIsNothing) {
  const Receipt none = count_receipt({}, {}, 0);
  EXPECT_EQ(none.attributes_per_span, std::nullopt);
  EXPECT_EQ(none.events_per_span, std::nullopt);
  EXPECT_EQ(none.bytes_per_span, std::nullopt);
}

}  // namespace
}  // namespace tracetax

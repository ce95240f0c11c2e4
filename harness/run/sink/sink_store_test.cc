// A segment's payloads in bounded memory: what is kept, decoded, counted and refused.
// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/sink_store.h"

#include <gtest/gtest.h>

#include "harness/run/sink/sink_fixture.h"

namespace tracetax {
namespace {

using namespace sink_test;

void decode_all(SinkStore& store) {
  while (store.undecoded() > 0) store.decode_one();
}

ExpectedSpans expect(std::uint64_t requests) {
  return {.phases = {{all_sampled(), requests, {}, {}}}};
}

TEST(SinkStore, ClosesTheReceiptOfWhatItGot) {
  SinkStore store(1 << 20);
  const RequestIds ids = all_sampled();
  const std::string packed = gzip_of(json_payload(ids, 5, 8));
  EXPECT_EQ(store.receive({protobuf_payload(ids, 0, 5), OtlpFormat::protobuf, false, 1}).answer,
            PayloadAnswer::accepted);
  EXPECT_EQ(store.receive({packed, OtlpFormat::json, true, 2}).answer, PayloadAnswer::accepted);
  EXPECT_EQ(store.undecoded(), 2U);
  EXPECT_EQ(store.distinct_spans(), 0U);
  decode_all(store);
  EXPECT_EQ(store.distinct_spans(), 8U);
  const Receipt receipt = store.receipt(expect(8));
  EXPECT_TRUE(receipt.closes()) << receipt.reason();
  EXPECT_EQ(receipt.payloads, 2U);
  EXPECT_EQ(receipt.batch_max, 5U);
  EXPECT_EQ(receipt.bytes, protobuf_payload(ids, 0, 5).size() + packed.size());
}

TEST(SinkStore, CountsARepeatedSpanOnce) {
  SinkStore store(1 << 20);
  const std::string payload = protobuf_payload(all_sampled(), 0, 3);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(store.receive({payload}).answer, PayloadAnswer::accepted);
  decode_all(store);
  EXPECT_EQ(store.distinct_spans(), 3U);
  EXPECT_EQ(store.receipt(expect(3)).duplicates, 3U);
}

TEST(SinkStore, MalformedPayloadsKeepTheReceiptOpen) {
  SinkStore store(1 << 20);
  EXPECT_EQ(store.receive({"no protobuf"}).answer, PayloadAnswer::accepted);
  decode_all(store);
  const Receipt receipt = store.receipt(expect(0));
  EXPECT_EQ(receipt.malformed_payloads, 1U);
  EXPECT_FALSE(receipt.closes());
}

TEST(SinkStore, RefusesWhatDoesNotFit) {
  SinkStore store(1000);
  EXPECT_EQ(store.receive({std::string(600, 'x')}).answer, PayloadAnswer::accepted);
  EXPECT_EQ(store.receive({std::string(600, 'x')}).answer, PayloadAnswer::no_room);
  EXPECT_EQ(store.receipt().refused_payloads, 1U);
}

TEST(SinkStore, DecodedSpansTakeRoomToo) {
  SinkStore store(2000);
  EXPECT_EQ(store.receive({gzip_of(json_payload(all_sampled(), 0, 100)), OtlpFormat::json, true, 1})
                .answer,
            PayloadAnswer::no_room);
  SinkStore larger(9000);
  EXPECT_EQ(
      larger.receive({gzip_of(json_payload(all_sampled(), 0, 100)), OtlpFormat::json, true, 1})
          .answer,
      PayloadAnswer::accepted);
  decode_all(larger);
  EXPECT_EQ(larger.distinct_spans(), 0U);
  EXPECT_EQ(larger.receipt().refused_payloads, 1U);
}

TEST(SinkStore, ANewSegmentForgetsTheOldOne) {
  SinkStore store(1 << 20);
  EXPECT_EQ(store.receive({protobuf_payload(all_sampled(), 0, 3)}).answer, PayloadAnswer::accepted);
  decode_all(store);
  EXPECT_EQ(store.receive({"no protobuf"}).answer, PayloadAnswer::accepted);
  store.begin_segment();
  EXPECT_EQ(store.undecoded(), 0U);
  EXPECT_EQ(store.distinct_spans(), 0U);
  EXPECT_TRUE(store.receipt(expect(0)).closes());
}

}  // namespace
}  // namespace tracetax

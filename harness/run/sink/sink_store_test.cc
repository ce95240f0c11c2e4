// A segment's payloads in bounded memory: what is kept, decoded, counted and refused.
// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/sink_store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

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
  EXPECT_EQ(
      store.receive({protobuf_payload(ids, 0, 5), OtlpFormat::protobuf, OtlpEncoding::identity, 1})
          .answer,
      PayloadAnswer::accepted);
  EXPECT_EQ(store.receive({packed, OtlpFormat::json, OtlpEncoding::gzip, 2}).answer,
            PayloadAnswer::accepted);
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
  EXPECT_EQ(store
                .receive({gzip_of(json_payload(all_sampled(), 0, 100)), OtlpFormat::json,
                          OtlpEncoding::gzip, 1})
                .answer,
            PayloadAnswer::no_room);
  SinkStore larger(9000);
  EXPECT_EQ(larger
                .receive({gzip_of(json_payload(all_sampled(), 0, 100)), OtlpFormat::json,
                          OtlpEncoding::gzip, 1})
                .answer,
            PayloadAnswer::accepted);
  decode_all(larger);
  EXPECT_EQ(larger.distinct_spans(), 0U);
  EXPECT_EQ(larger.receipt().refused_payloads, 1U);
}

/// Decoded spans take less room than payloads, so the same memory holds more of a segment.
TEST(SinkStore, HoldsMoreOfASegmentThatIsDecodedAsItGoesOn) {
  constexpr std::uint64_t kRoom = 100'000;
  const auto spans_kept = [](bool decodes) {
    SinkStore store(kRoom);
    std::uint64_t next = 0;
    while (store.receive({json_payload(all_sampled(), next, next + 10), OtlpFormat::json}).answer ==
           PayloadAnswer::accepted) {
      next += 10;
      while (decodes && store.should_decode()) store.decode_one();
    }
    decode_all(store);
    EXPECT_EQ(store.distinct_spans(), next);
    return next;
  };
  EXPECT_GT(spans_kept(true), 3 * spans_kept(false) / 2);
}

/// Who exports waits for receive(), so that waits for no decoding. The first payload takes a good
/// part of a second to decode; should a stalled test come too late to see it, it tries again.
TEST(SinkStore, ReceivesWhileItDecodes) {
  const std::string long_one = json_payload(all_sampled(), 0, 100'000);
  bool received_meanwhile = false;
  for (int attempt = 0; !received_meanwhile && attempt < 10; ++attempt) {
    SinkStore store(1U << 30U);
    static_cast<void>(store.receive({long_one, OtlpFormat::json}));
    std::atomic<bool> ended = false;
    std::thread decoder([&] {
      store.decode_one();
      ended = true;
    });
    while (store.undecoded() > 0) std::this_thread::yield();
    EXPECT_EQ(store.receive({"x"}).answer, PayloadAnswer::accepted);
    received_meanwhile = !ended;
    decoder.join();
    EXPECT_EQ(store.distinct_spans(), 100'000U);
  }
  EXPECT_TRUE(received_meanwhile);
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

TEST(SinkStore, ChecksTreesOfSpansWhereItWasToldToKeepTheirNames) {
  constexpr std::string_view kPayload = R"({{"resourceSpans":[{{"resource":{{"attributes":[
      {{"key":"service.name","value":{{"stringValue":"shop"}}}}]}},"scopeSpans":[{{"spans":[
      {{"traceId":"{0}","spanId":"00000000000000a1","parentSpanId":"{1}","name":"GET /","kind":2}},
      {{"traceId":"{0}","spanId":"00000000000000a2","parentSpanId":"00000000000000a1","name":"send",
       "kind":4}},
      {{"traceId":"000000000000000000000000000000ff","spanId":"00000000000000a3","name":"take",
       "kind":5,"links":[{{"traceId":"{0}","spanId":"00000000000000a2"}}]}}]}}]}}]}})";
  const TraceContext context = all_sampled().at(0);
  const std::string payload =
      fmt::format(kPayload, to_hex(context.trace_id), to_hex(context.span_id));
  ExpectedSpans expected = expect(1);
  expected.phases[0].trees = {0};
  auto& tree = expected.trees.emplace_back();
  tree.request = "GET /";
  tree.tree.spans = {{"shop", "GET /", 2, -1}, {"shop", "send", 4, 0}};
  tree.tree.linked.push_back({1, {.spans = {{"shop", "take", 5, -1}}, .linked = {}}, false});
  SinkStore store(1 << 20);
  for (const bool keeps_facts : {true, false}) {
    store.begin_segment(keeps_facts);
    EXPECT_EQ(store.receive({payload, OtlpFormat::json}).answer, PayloadAnswer::accepted);
    decode_all(store);
    const Receipt receipt = store.receipt(expected);
    EXPECT_EQ(receipt.closes(), keeps_facts) << receipt.reason();
    ASSERT_TRUE(receipt.trees);
    EXPECT_EQ(receipt.trees->right, keeps_facts ? 1U : 0U);
    EXPECT_EQ(receipt.trees->links_received, keeps_facts ? 1U : 0U);
  }
}

}  // namespace
}  // namespace tracetax

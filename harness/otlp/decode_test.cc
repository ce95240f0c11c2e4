// The same spans from protobuf and from JSON, and what is refused, with the words it is refused
// with.
// SPDX-License-Identifier: Apache-2.0
#include "harness/otlp/decode.h"

#include <gtest/gtest.h>

#include "harness/core/gzip/gzip_fixture.h"
#include "harness/core/receipt/span_marks.h"
#include "harness/otlp/proto/otlp_trace.pb.h"

namespace tracetax {
namespace {

constexpr std::string_view kTwoSpansJson = R"({
  "resourceSpans": [{
    "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "gin"}}]},
    "scopeSpans": [{
      "scope": {"name": "otelgin", "version": "0.1"},
      "spans": [
        {"traceId": "5B8EFFF798038103D269B633813FC60C", "spanId": "EEE19B7EC3C1B174",
         "parentSpanId": "EEE19B7EC3C1B173", "name": "GET /users/{id}", "kind": 2,
         "startTimeUnixNano": "1544712660000000000", "endTimeUnixNano": 1544712661000000000,
         "attributes": [{"key": "n", "value": {"intValue": "12"}},
                        {"key": "l", "value": {"arrayValue": {"values": [{"intValue": "1"}, {"intValue": "2"}]}}}],
         "events": [{"name": "message", "attributes": [{"key": "n", "value": {"intValue": "1"}}]}, {}, {}],
         "status": {}, "flags": 769, "someday": {"deep": [[{"traceId": 7}]]}},
        {"traceId": "5b8efff798038103d269b633813fc60d", "spanId": "eee19b7ec3c1b175",
         "parentSpanId": "", "name": "root", "kind": null,
         "startTimeUnixNano": "1", "endTimeUnixNano": "18446744073709551615"}
      ]}]}]})";

std::string bytes_of(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

otlp::ExportTraceServiceRequest two_spans() {
  otlp::ExportTraceServiceRequest request;
  auto* from = request.add_resource_spans();
  auto* attribute = from->mutable_resource()->add_attributes();
  attribute->set_key("service.name");
  attribute->mutable_value()->set_string_value("gin");
  auto* spans = from->add_scope_spans();
  otlp::Span* first = spans->add_spans();
  first->set_trace_id(bytes_of("5b8efff798038103d269b633813fc60c"));
  first->set_span_id(bytes_of("eee19b7ec3c1b174"));
  first->set_parent_span_id(bytes_of("eee19b7ec3c1b173"));
  first->set_name("GET /users/{id}");
  first->set_start_time_unix_nano(1544712660000000000U);
  first->set_end_time_unix_nano(1544712661000000000U);
  for (int i = 0; i < 2; ++i) first->add_attributes()->set_key("k");
  for (int i = 0; i < 3; ++i) first->add_events()->add_attributes()->set_key("n");
  otlp::Span* second = spans->add_spans();
  second->set_trace_id(bytes_of("5b8efff798038103d269b633813fc60d"));
  second->set_span_id(bytes_of("eee19b7ec3c1b175"));
  second->set_start_time_unix_nano(1);
  second->set_end_time_unix_nano(18446744073709551615U);
  return request;
}

void expect_the_two_spans(const std::vector<SpanSeen>& spans) {
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(to_hex(spans[0].trace_id), "5b8efff798038103d269b633813fc60c");
  EXPECT_EQ(to_hex(spans[0].span_id), "eee19b7ec3c1b174");
  EXPECT_EQ(to_hex(spans[0].parent_span_id), "eee19b7ec3c1b173");
  EXPECT_EQ(spans[0].start_unix_ns, 1544712660000000000U);
  EXPECT_EQ(spans[0].end_unix_ns, 1544712661000000000U);
  EXPECT_EQ(spans[0].arrived_unix_ns, 42U);
  EXPECT_EQ(spans[0].attributes, 2U);
  EXPECT_EQ(spans[0].events, 3U);
  EXPECT_EQ(spans[1].attributes, 0U);
  EXPECT_EQ(spans[1].events, 0U);
  EXPECT_FALSE(spans[1].parent_span_id.valid());
  EXPECT_EQ(spans[1].start_unix_ns, 1U);
  EXPECT_EQ(spans[1].end_unix_ns, 18446744073709551615U);
}

TEST(OtlpDecode, ProtobufAndJsonGiveTheSameSpans) {
  std::vector<SpanSeen> from_json, from_protobuf;
  const auto json = decode_spans(OtlpFormat::json, kTwoSpansJson, 42, from_json);
  ASSERT_TRUE(json.has_value()) << json.error().message;
  EXPECT_EQ(*json, 2U);
  expect_the_two_spans(from_json);
  const auto protobuf =
      decode_spans(OtlpFormat::protobuf, two_spans().SerializeAsString(), 42, from_protobuf);
  ASSERT_TRUE(protobuf.has_value()) << protobuf.error().message;
  expect_the_two_spans(from_protobuf);
}

TEST(OtlpDecode, TheSizeOfASpanIsItsOwnInProtobuf) {
  const auto request = two_spans();
  std::vector<SpanSeen> spans;
  ASSERT_EQ(decode_spans(OtlpFormat::protobuf, request.SerializeAsString(), 0, spans), 2U);
  // By hand: ids 18 + 10 + 10, the name 2 + 15, times 9 + 9, two attributes "k" of 2 + 3 each,
  // three events of 2 + 5 each (an attribute "n" in them).
  EXPECT_EQ(spans[0].bytes, 18U + 10 + 10 + 17 + 18 + 2 * 5 + 3 * 7);
  EXPECT_EQ(spans[1].bytes, 18U + 10 + 18);
  spans.clear();
  ASSERT_EQ(decode_spans(OtlpFormat::json, kTwoSpansJson, 0, spans), 2U);
  EXPECT_EQ(spans[0].bytes, 0U) << "JSON says nothing about it";
}

TEST(OtlpDecode, MoreAttributesThanAreCountedAreTheMostThatAre) {
  auto request = two_spans();
  auto* span = request.mutable_resource_spans(0)->mutable_scope_spans(0)->mutable_spans(0);
  while (span->attributes_size() < 70'000) span->add_attributes();
  std::vector<SpanSeen> spans;
  ASSERT_TRUE(
      decode_spans(OtlpFormat::protobuf, request.SerializeAsString(), 0, spans).has_value());
  EXPECT_EQ(spans[0].attributes, 65'535U);
}

TEST(OtlpDecode, EverySpanIsOfTheServiceOfItsResource) {
  ServiceNames services;
  std::vector<SpanSeen> spans;
  auto request = two_spans();
  *request.add_resource_spans()->mutable_scope_spans() = request.resource_spans(0).scope_spans();
  ASSERT_EQ(decode_spans(OtlpFormat::protobuf, request.SerializeAsString(), 0, spans, {&services}),
            4U);
  EXPECT_EQ(services.name(spans[0].service), "gin");
  EXPECT_EQ(services.name(spans[1].service), "gin");
  EXPECT_EQ(spans[2].service, 0U) << "no name, and not the one before it";

  // Members of an object have no order, and an attribute of a span is no service.
  spans.clear();
  ASSERT_EQ(decode_spans(OtlpFormat::json, R"({"resourceSpans":[
      {"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174",
        "attributes":[{"key":"service.name","value":{"stringValue":"wrong"}}]}]}],
       "resource":{"attributes":[{"key":"n","value":{"intValue":"1"}},
                                 {"value":{"stringValue":"back"},"key":"service.name"},
                                 {"key":"l","value":{"arrayValue":{"values":[{"stringValue":"x"}]}}}]}},
      {"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b175"}]}]}]})",
                         0, spans, {&services}),
            2U);
  EXPECT_EQ(services.name(spans[0].service), "back");
  EXPECT_EQ(spans[1].service, 0U);
}

TEST(OtlpDecode, GzipOfEitherGivesTheSameSpans) {
  std::vector<SpanSeen> spans;
  ASSERT_TRUE(
      decode_payload({gzip_of(kTwoSpansJson), OtlpFormat::json, OtlpEncoding::gzip, 42}, spans)
          .has_value());
  expect_the_two_spans(spans);
  spans.clear();
  ASSERT_TRUE(decode_payload({gzip_of(two_spans().SerializeAsString()), OtlpFormat::protobuf,
                              OtlpEncoding::gzip, 42},
                             spans)
                  .has_value());
  expect_the_two_spans(spans);
}

TEST(OtlpDecode, NothingInItIsLegal) {
  std::vector<SpanSeen> spans;
  EXPECT_EQ(decode_spans(OtlpFormat::protobuf, "", 0, spans), 0U);
  EXPECT_EQ(decode_spans(OtlpFormat::json, "{}", 0, spans), 0U);
  EXPECT_EQ(decode_spans(OtlpFormat::json, R"({"resourceSpans":null,"x":null})", 0, spans), 0U);
}

TEST(OtlpDecode, AllZeroParentMeansNone) {
  auto request = two_spans();
  request.mutable_resource_spans(0)->mutable_scope_spans(0)->mutable_spans(0)->set_parent_span_id(
      std::string(8, '\0'));
  std::vector<SpanSeen> spans;
  ASSERT_TRUE(
      decode_spans(OtlpFormat::protobuf, request.SerializeAsString(), 0, spans).has_value());
  EXPECT_FALSE(spans[0].parent_span_id.valid());
}

std::string protobuf_refusal(const otlp::ExportTraceServiceRequest& request) {
  std::vector<SpanSeen> spans(1);
  const auto decoded = decode_spans(OtlpFormat::protobuf, request.SerializeAsString(), 0, spans);
  EXPECT_EQ(spans.size(), 1U) << "an error must append nothing";
  return decoded ? "accepted" : decoded.error().message;
}

otlp::Span* second_span(otlp::ExportTraceServiceRequest& request) {
  return request.mutable_resource_spans(0)->mutable_scope_spans(0)->mutable_spans(1);
}

TEST(OtlpDecode, ProtobufIdsOfTheWrongLengthAreRefused) {
  auto short_trace = two_spans(), zero_span = two_spans(), long_parent = two_spans();
  second_span(short_trace)->set_trace_id("123456789012345");
  second_span(zero_span)->set_span_id(std::string(8, '\0'));
  second_span(long_parent)->set_parent_span_id("123456789");
  EXPECT_EQ(protobuf_refusal(short_trace),
            "OTLP payload: span 1: trace_id must be 16 bytes and not all zero; it has 15 bytes");
  EXPECT_EQ(protobuf_refusal(zero_span),
            "OTLP payload: span 1: span_id must be 8 bytes and not all zero; it has 8 bytes");
  EXPECT_EQ(protobuf_refusal(long_parent),
            "OTLP payload: span 1: parent_span_id must be 8 bytes or none; it has 9 bytes");
}

TEST(OtlpDecode, CutOffProtobufIsRefused) {
  const std::string whole = two_spans().SerializeAsString();
  std::vector<SpanSeen> spans;
  EXPECT_FALSE(decode_spans(OtlpFormat::protobuf,
                            std::string_view(whole).substr(0, whole.size() - 1), 0, spans)
                   .has_value());
  EXPECT_FALSE(decode_spans(OtlpFormat::protobuf, "GET / HTTP/1.1", 0, spans).has_value());
}

/// The words for a payload with one span that has these members beside nothing else.
std::string span_refusal(std::string_view members) {
  std::vector<SpanSeen> spans;
  const auto decoded = decode_spans(
      OtlpFormat::json,
      fmt::format(R"({{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{{}}}]}}]}}]}})", members), 0,
      spans);
  return decoded ? "accepted" : decoded.error().message;
}

constexpr std::string_view kIds =
    R"("traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174")";

TEST(OtlpDecode, JsonIdsMustBeHexOfTheRightLength) {
  EXPECT_EQ(span_refusal(kIds), "accepted");
  EXPECT_EQ(
      span_refusal(R"("spanId":"eee19b7ec3c1b174")"),
      "OTLP payload: JSON: span 0: traceId must be 32 hex digits, not all zero; it is absent");
  EXPECT_EQ(span_refusal(R"("traceId":"5b8efff798038103d269b633813fc60")"),
            "OTLP payload: JSON: span 0: traceId must be 32 hex digits, not all zero; it is "
            "'5b8efff798038103d269b633813fc60'");
  EXPECT_NE(span_refusal(R"("traceId":"W47/95gDgQPSabYzgT/GDA==")"), "accepted") << "base64";
  EXPECT_NE(span_refusal(R"("traceId":"5b8efff798038103d269b633813fc60g")"), "accepted");
  EXPECT_NE(span_refusal(R"("traceId":"00000000000000000000000000000000")"), "accepted");
  EXPECT_NE(span_refusal(R"("traceId":12345678901234567890)"), "accepted");
  EXPECT_NE(span_refusal(R"("spanId":"eee19b7ec3c1b1")"), "accepted");
  EXPECT_NE(span_refusal(R"("parentSpanId":"zz")"), "accepted");
}

/// Both formats, and what the first of their spans is marked with.
TEST(OtlpDecode, MarksAreTheSameInBothFormats) {
  otlp::ExportTraceServiceRequest request = two_spans();
  otlp::Span& span = *request.mutable_resource_spans(0)->mutable_scope_spans(0)->mutable_spans(0);
  span.set_name("GET /users/42");
  span.set_kind(otlp::Span::SPAN_KIND_SERVER);
  span.mutable_status()->set_code(otlp::Status::STATUS_CODE_ERROR);
  span.set_dropped_links_count(1);
  const auto add = [&span](const char* key) {
    span.add_attributes()->set_key(key);
    return span.mutable_attributes(span.attributes_size() - 1)->mutable_value();
  };
  add("http.method")->set_string_value("GET");
  add("http.route")->set_string_value("/users/:id");
  add("http.status_code")->set_int_value(404);
  const std::string json = fmt::format(
      R"({{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{{},"kind":2,
          "status":{{"message":"no","code":2}},"droppedLinksCount":1,"attributes":[
          {{"value":{{"stringValue":"GET"}},"key":"http.method"}},
          {{"key":"http.route","value":{{"stringValue":"/users/:id"}}}},
          {{"key":"http.status_code","value":{{"intValue":"404"}}}}],
          "name":"GET /users/42"}}, {{{},"name":"x"}}]}}]}}]}})",
      kIds, kIds);
  for (const bool is_json : {false, true}) {
    std::vector<SpanSeen> spans;
    std::string raw_path;
    ASSERT_TRUE(decode_spans(is_json ? OtlpFormat::json : OtlpFormat::protobuf,
                             is_json ? json : request.SerializeAsString(), 0, spans,
                             {.raw_path = &raw_path}));
    ASSERT_EQ(spans.size(), 2U);
    const std::uint16_t marks = spans[0].marks;
    EXPECT_EQ(kind_of(marks), SeenKind::server);
    constexpr int kAll = span_mark::kError | span_mark::kTruncated | span_mark::kRawPathName |
                         span_mark::kClientErrorMarked;
    EXPECT_EQ(marks & kAll, kAll) << is_json;
    ASSERT_NE(old_name_of(marks), nullptr);
    EXPECT_EQ(old_name_of(marks)->old, "http.method");
    EXPECT_EQ(spans[1].marks & ~span_mark::kKind, 0) << "nothing of the span before";
    EXPECT_EQ(raw_path, "GET /users/42");
  }
}

TEST(OtlpDecode, RawPathIsKeptWithinBoundsAndOnce) {
  otlp::ExportTraceServiceRequest request = two_spans();
  auto& spans_of = *request.mutable_resource_spans(0)->mutable_scope_spans(0)->mutable_spans();
  for (otlp::Span& span : spans_of) {
    span.set_kind(otlp::Span::SPAN_KIND_CLIENT);
    span.add_attributes()->set_key("url.full");
  }
  spans_of[0].set_name("GET /users/42");
  spans_of[1].set_name("GET /1/" + std::string(72, 'x') + "\u00e4\u00e4");
  std::string raw_path;
  std::vector<SpanSeen> spans;
  const auto decode = [&] {
    return decode_spans(OtlpFormat::protobuf, request.SerializeAsString(), 0, spans,
                        {.raw_path = &raw_path});
  };
  ASSERT_TRUE(decode());
  EXPECT_EQ(raw_path, "GET /users/42");
  spans_of[0].clear_attributes();
  raw_path.clear();
  ASSERT_TRUE(decode());
  EXPECT_EQ(raw_path, "GET /1/" + std::string(72, 'x')) << "whole characters only";
}

/// Nothing but marks rests on them, so that their types refuse nothing.
TEST(OtlpDecode, JsonOfWrongTypesInAttributesOnlyLacksMarks) {
  EXPECT_EQ(
      span_refusal(fmt::format("{},{}", kIds,
                               R"("status":{"code":"STATUS_CODE_ERROR"},"droppedLinksCount":"1",
                "attributes":[{"key":1,"value":[]},{"key":{"key":"a"},"value":7},[{"key":"a"}],
                {"value":{"intValue":1.5,"stringValue":{},"x":true}},{"key":null}])")),
      "accepted");
}

TEST(OtlpDecode, JsonTypesAreChecked) {
  const auto with = [](std::string_view member) {
    return span_refusal(fmt::format("{},{}", kIds, member));
  };
  EXPECT_EQ(
      with(R"("kind":"SPAN_KIND_SERVER")"),
      "OTLP payload: JSON: span 0: kind must be an integer (OTLP/JSON has no enum names); it is "
      "'SPAN_KIND_SERVER'");
  EXPECT_EQ(with(R"("kind":2)"), "accepted");
  EXPECT_EQ(with(R"("startTimeUnixNano":1.5e3)"), "accepted");
  EXPECT_NE(with(R"("startTimeUnixNano":1.5)"), "accepted");
  EXPECT_NE(with(R"("startTimeUnixNano":-1)"), "accepted");
  EXPECT_NE(with(R"("startTimeUnixNano":"12x")"), "accepted");
  EXPECT_NE(with(R"("startTimeUnixNano":"18446744073709551616")"), "accepted");
  EXPECT_NE(with(R"("startTimeUnixNano":true)"), "accepted");
  EXPECT_NE(with(R"("name":7)"), "accepted");
  EXPECT_NE(with(R"("attributes":{})"), "accepted");
  EXPECT_NE(with(R"("status":[])"), "accepted");
  EXPECT_EQ(with(R"("attributes":[1,null,{"a":[true]}],"unknown":[{}],"kind":null,"other":null)"),
            "accepted");
}

std::string json_refusal(std::string_view body) {
  std::vector<SpanSeen> spans;
  const auto decoded = decode_spans(OtlpFormat::json, body, 0, spans);
  return decoded ? "accepted" : decoded.error().message;
}

TEST(OtlpDecode, JsonStructureIsChecked) {
  EXPECT_EQ(json_refusal("[]"), "OTLP payload: JSON: the payload must be an object; it is a list");
  EXPECT_NE(json_refusal("null"), "accepted");
  EXPECT_NE(json_refusal("7"), "accepted");
  EXPECT_NE(json_refusal(""), "accepted");
  EXPECT_NE(json_refusal("{} x"), "accepted");
  EXPECT_NE(json_refusal("{\"a\":\"\xff\"}"), "accepted");
  EXPECT_EQ(json_refusal(R"({"resourceSpans":{}})"),
            "OTLP payload: JSON: resourceSpans must be a list; it is an object");
  EXPECT_EQ(json_refusal(R"({"resourceSpans":[null]})"),
            "OTLP payload: JSON: an element of resourceSpans must be an object; it is null");
  EXPECT_NE(json_refusal(R"({"resourceSpans":[{"scopeSpans":[[]]}]})"), "accepted");
  EXPECT_EQ(
      json_refusal(
          R"({"resourceSpans":[{"resource":{"attributes":[{"key":"k","value":{"stringValue":7}}]}}]})"),
      "OTLP payload: JSON: stringValue must be a string; it is 7");
  EXPECT_EQ(
      json_refusal(
          R"({"resourceSpans":[{"resource":{"attributes":[{"key":"k","value":null}],"x":[1]}}]})"),
      "accepted");
}

TEST(OtlpDecode, JsonDepthIsLimited) {
  const auto nested = [](std::size_t levels) {
    return fmt::format(R"({{"x":{}{}}})", std::string(levels - 1, '['),
                       std::string(levels - 1, ']'));
  };
  EXPECT_EQ(json_refusal(nested(kOtlpMaxDepth)), "accepted");
  EXPECT_EQ(json_refusal(nested(kOtlpMaxDepth + 1)),
            "OTLP payload: JSON: nested deeper than 100 levels");
  EXPECT_NE(json_refusal(std::string(5'000'000, '[')), "accepted");
}

TEST(OtlpDecode, NamesLinksAndCountsAreKeptWhereTheyAreWanted) {
  auto request = two_spans();
  auto* spans = request.mutable_resource_spans(0)->mutable_scope_spans(0);
  otlp::Span* second = spans->mutable_spans(1);
  second->set_name("root");
  second->set_kind(static_cast<otlp::Span::SpanKind>(5));
  for (const std::string_view trace : {"5b8efff798038103d269b633813fc60c", "00"}) {
    auto* link = second->add_links();
    link->set_trace_id(bytes_of(trace));
    link->set_span_id(bytes_of("eee19b7ec3c1b174"));
  }
  auto* count = second->add_attributes();
  count->set_key("tracetax.requests");
  count->mutable_value()->set_int_value(12);
  constexpr std::string_view kJson = R"({"resourceSpans":[{"scopeSpans":[{"spans":[
      {"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"GET /users/{id}"},
      {"traceId":"5b8efff798038103d269b633813fc60d","spanId":"eee19b7ec3c1b175","name":"root","kind":5,
       "links":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174",
                 "attributes":[{"key":"traceId","value":{"stringValue":"x"}}]},
                {"traceId":"00","spanId":"eee19b7ec3c1b174"}, 7, null],
       "attributes":[{"key":"tracetax.requests","value":{"intValue":"12"}}]}]}]}]})";
  const std::string protobuf = request.SerializeAsString();
  for (const OtlpFormat format : {OtlpFormat::protobuf, OtlpFormat::json}) {
    const std::string_view body = format == OtlpFormat::json ? kJson : protobuf;
    TreeFacts facts;
    std::vector<SpanSeen> seen(3);  // of payloads before
    const auto decoded = decode_spans(format, body, 0, seen, {.facts = &facts});
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(facts.names.name(seen[3].name), "GET /users/{id}");
    EXPECT_EQ(facts.names.name(seen[4].name), "root");
    EXPECT_EQ(kind_of(seen[4].marks), SeenKind::consumer);
    ASSERT_EQ(facts.links.size(), 1U);
    EXPECT_EQ(facts.links[0].span, 4U);
    EXPECT_EQ(facts.links[0].trace_id, seen[3].trace_id);
    EXPECT_EQ(facts.links[0].span_id, seen[3].span_id);
    ASSERT_EQ(facts.counts.size(), 1U);
    EXPECT_EQ(facts.counts[0].span, 4U);
    EXPECT_EQ(facts.counts[0].requests, 12U);
    facts.cut_to(4);
    EXPECT_EQ(facts.bytes(), 0U);
    // Of a payload that is refused nothing is left.
    const std::string cut(body.substr(0, body.size() - 3));
    EXPECT_FALSE(decode_spans(format, cut, 0, seen, {.facts = &facts}));
    EXPECT_EQ(facts.bytes(), 0U);
    EXPECT_EQ(decode_spans(format, body, 0, seen), 2U);
    EXPECT_EQ(seen.back().name, 0U);
  }
}

}  // namespace
}  // namespace tracetax

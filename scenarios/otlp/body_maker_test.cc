// Bodies against protobuf's own reader, against a JSON reader, and against each other.
// SPDX-License-Identifier: Apache-2.0
#include "scenarios/otlp/body_maker.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "harness/core/json/json_source.h"
#include "harness/core/request/request_ids.h"
#include "harness/otlp/proto/otlp_trace.pb.h"
#include "scenarios/otlp/otlp_testing.h"

namespace tracetax {
namespace {

using namespace testing;

otlp::ExportTraceServiceRequest parsed(const std::string& bytes) {
  otlp::ExportTraceServiceRequest request;
  EXPECT_TRUE(request.ParseFromString(bytes));
  return request;
}

std::vector<otlp::Span> spans_of(const otlp::ExportTraceServiceRequest& request) {
  std::vector<otlp::Span> spans;
  for (const auto& resource : request.resource_spans()) {
    for (const auto& scope : resource.scope_spans())
      spans.insert(spans.end(), scope.spans().begin(), scope.spans().end());
  }
  return spans;
}

std::string bytes_of(const TraceId& id) { return {id.bytes.begin(), id.bytes.end()}; }
std::string bytes_of(const SpanId& id) { return {id.bytes.begin(), id.bytes.end()}; }

// The shape is odd on purpose: 11 spans in 4 traces (3, 3, 3, 2) of 3 services (4, 4, 3).
constexpr SpanShape odd_shape() {
  return {.spans = 11, .spans_per_trace = 3, .attributes = 12, .events = 2, .services = 3};
}

TEST(BodyMaker, WritesWhatProtobufReads) {
  const auto request = parsed(make_body(odd_shape(), 5).bytes);
  ASSERT_EQ(request.resource_spans_size(), 3);
  std::set<std::string> services;
  for (const auto& resource : request.resource_spans()) {
    EXPECT_EQ(resource.resource().attributes(0).key(), "service.name");
    services.insert(resource.resource().attributes(0).value().string_value());
    ASSERT_EQ(resource.scope_spans_size(), 1);
    EXPECT_EQ(resource.scope_spans(0).scope().name(), "tracetax/load");
  }
  EXPECT_EQ(services.size(), 3U);
  EXPECT_EQ(request.resource_spans(0).scope_spans(0).spans_size(), 4);
  EXPECT_EQ(request.resource_spans(2).scope_spans(0).spans_size(), 3);
  EXPECT_TRUE(request.GetReflection()->GetUnknownFields(request).empty());
  for (const otlp::Span& span : spans_of(request)) {
    EXPECT_EQ(span.attributes_size(), 12);
    EXPECT_EQ(span.attributes(3).key(), "http.response.status_code");
    EXPECT_EQ(span.attributes(3).value().int_value(), 200);
    EXPECT_EQ(span.attributes(0).value().string_value().substr(0, 13), "/api/v1/item/");
    ASSERT_EQ(span.events_size(), 2);
    EXPECT_EQ(span.events(1).name(), "cache.miss");
    EXPECT_EQ(span.events(1).time_unix_nano(), span.start_time_unix_nano());
    EXPECT_EQ(span.events(1).attributes(0).value().string_value().size(), kValueSize);
    EXPECT_EQ(span.flags(), 0x101U);
    EXPECT_LT(span.start_time_unix_nano(), span.end_time_unix_nano());
    EXPECT_LE(span.end_time_unix_nano(), static_cast<std::uint64_t>(kNow));
    EXPECT_GT(span.start_time_unix_nano(), static_cast<std::uint64_t>(kNow) - 30'000'000);
    EXPECT_TRUE(span.GetReflection()->GetUnknownFields(span).empty());
  }
}

TEST(BodyMaker, TracesAreThoseThatTheReceiptExpects) {
  const SpanShape shape = odd_shape();
  std::map<std::string, std::map<std::string, std::string>> parents;  // by trace, by span
  std::set<std::string> span_ids;
  for (const std::uint64_t number : {0U, 1U, 9U}) {
    for (const otlp::Span& span : spans_of(parsed(make_body(shape, number).bytes))) {
      parents[span.trace_id()][span.span_id()] = span.parent_span_id();
      span_ids.insert(span.span_id());
    }
  }
  EXPECT_EQ(parents.size(), 12U);
  EXPECT_EQ(span_ids.size(), 33U);
  for (const std::uint64_t number : {0U, 1U, 9U}) {
    for (int t = 0; t < traces_of(shape); ++t) {
      const TraceContext context = export_ids().at(number * 4 + static_cast<std::uint64_t>(t));
      const auto trace = parents.find(bytes_of(context.trace_id));
      ASSERT_NE(trace, parents.end()) << "request " << number << " trace " << t;
      EXPECT_EQ(trace->second.size(), static_cast<std::size_t>(carried_spans(11, 4, t)));
      for (const auto& [span, parent] : trace->second) {
        const bool is_root = span == bytes_of(context.span_id);
        EXPECT_EQ(parent, is_root ? "" : bytes_of(context.span_id));
      }
    }
  }
}

TEST(BodyMaker, TheSameNumberIsTheSameBodyAndAnotherIsNot) {
  const std::string body = make_body(odd_shape(), 5).bytes;
  EXPECT_EQ(make_body(odd_shape(), 5).bytes, body);
  EXPECT_NE(make_body(odd_shape(), 6).bytes, body);
}

TEST(BodyMaker, JsonHasTheSameSpans) {
  const SpanShape shape = odd_shape();
  const Json json = Json::parse(make_body(shape, 5, true).bytes);
  const auto request = parsed(make_body(shape, 5).bytes);
  ASSERT_EQ(json["resourceSpans"].size(), 3U);
  const auto hex = [](const std::string& bytes) {
    std::string text;
    for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return text;
  };
  for (int r = 0; r < 3; ++r) {
    const Json& resource = json["resourceSpans"][static_cast<std::size_t>(r)];
    const auto& expected = request.resource_spans(r);
    EXPECT_EQ(resource["resource"]["attributes"][0]["value"]["stringValue"],
              expected.resource().attributes(0).value().string_value());
    const Json& spans = resource["scopeSpans"][0]["spans"];
    ASSERT_EQ(spans.size(), static_cast<std::size_t>(expected.scope_spans(0).spans_size()));
    for (std::size_t i = 0; i < spans.size(); ++i) {
      const Json& span = spans[i];
      const otlp::Span& same = expected.scope_spans(0).spans(static_cast<int>(i));
      EXPECT_EQ(span["traceId"], hex(same.trace_id()));
      EXPECT_EQ(span["spanId"], hex(same.span_id()));
      EXPECT_EQ(span.value("parentSpanId", ""), hex(same.parent_span_id()));
      EXPECT_EQ(span["name"], same.name());
      EXPECT_EQ(span["kind"], same.kind());
      EXPECT_EQ(span["startTimeUnixNano"], std::to_string(same.start_time_unix_nano()));
      EXPECT_EQ(span["endTimeUnixNano"], std::to_string(same.end_time_unix_nano()));
      EXPECT_EQ(span["status"]["code"], same.status().code());
      EXPECT_EQ(span["flags"], same.flags());
      ASSERT_EQ(span["attributes"].size(), 12U);
      EXPECT_EQ(span["attributes"][0]["value"]["stringValue"],
                same.attributes(0).value().string_value());
      EXPECT_EQ(span["attributes"][3]["value"]["intValue"], "200");
      ASSERT_EQ(span["events"].size(), 2U);
      EXPECT_EQ(span["events"][1]["attributes"][0]["value"]["stringValue"],
                same.events(1).attributes(0).value().string_value());
    }
  }
}

TEST(BodyMaker, RandomValuesNeedNoEscapeAndCompressWorse) {
  SpanShape shape{.spans = 200};
  std::map<std::string, double> ratios;
  for (const auto& [name, random] :
       {std::pair{"dictionary", 0.0}, {"half", 0.5}, {"random", 1.0}}) {
    shape.random = random;
    const Json json = Json::parse(make_body(shape, 3, true).bytes, nullptr, false);
    EXPECT_FALSE(json.is_discarded()) << name;
    const MadeBody packed = make_body(shape, 3, false, Packing::gzip);
    ratios[name] = static_cast<double>(packed.made) / static_cast<double>(packed.bytes.size());
  }
  EXPECT_GT(ratios["dictionary"], 1.5 * ratios["half"]);
  EXPECT_GT(ratios["half"], 1.2 * ratios["random"]);
  EXPECT_GT(ratios["random"], 1) << "keys and names are always the same";
}

TEST(BodyMaker, EachCompressionHoldsThePlainBody) {
  for (const bool as_json : {false, true}) {
    const std::string plain = make_body(odd_shape(), 2, as_json).bytes;
    for (const Packing packing : {Packing::gzip, Packing::zstd}) {
      const MadeBody packed = make_body(odd_shape(), 2, as_json, packing);
      EXPECT_EQ(packed.made, plain.size());
      EXPECT_LT(packed.bytes.size(), plain.size());
      EXPECT_EQ(unpacked(packed.bytes, packing), plain) << name_of(packing);
    }
  }
}

TEST(BodyMaker, WithoutSpansIsAnEmptyRequest) {
  for (const Packing packing : {Packing::none, Packing::gzip, Packing::zstd}) {
    const MadeBody empty = make_body(odd_shape(), 0, false, packing, true);
    EXPECT_EQ(parsed(unpacked(empty.bytes, packing)).resource_spans_size(), 0);
  }
  EXPECT_EQ(Json::parse(make_body(odd_shape(), 0, true, Packing::none, true).bytes),
            Json({{"resourceSpans", Json::array()}}));
}

TEST(BodyMaker, ErrorsAndLateSpansComeInTheirShares) {
  SpanShape shape{.spans = 4000, .spans_per_trace = 1, .attributes = 0};
  shape.errors = 0.1;
  shape.late = 0.25;
  int errors = 0, late = 0;
  for (const otlp::Span& span : spans_of(parsed(make_body(shape, 1).bytes))) {
    errors += span.status().code() == otlp::Status::STATUS_CODE_ERROR ? 1 : 0;
    late += span.end_time_unix_nano() < static_cast<std::uint64_t>(kNow) - 50'000'000'000 ? 1 : 0;
  }
  EXPECT_NEAR(errors, 400, 80);  // four standard deviations
  EXPECT_NEAR(late, 1000, 110);
}

TEST(BodyMaker, TheSmallestShapesAreWhole) {
  for (const int spans : {1, 2, 3}) {
    SpanShape shape{.spans = spans, .spans_per_trace = 2, .attributes = 0, .services = 9};
    const auto request = parsed(make_body(shape, 0).bytes);
    EXPECT_EQ(request.resource_spans_size(), spans) << "no service without spans";
    EXPECT_EQ(spans_of(request).size(), static_cast<std::size_t>(spans));
    EXPECT_FALSE(Json::parse(make_body(shape, 0, true).bytes, nullptr, false).is_discarded());
  }
}

}  // namespace
}  // namespace tracetax

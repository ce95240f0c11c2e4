// Counting spans without looking into them, against the decoder that looks into all.
// SPDX-License-Identifier: Apache-2.0
#include "harness/otlp/count.h"

#include <gtest/gtest.h>

#include "harness/core/gzip/gzip_fixture.h"
#include "harness/otlp/proto/otlp_trace.pb.h"

namespace tracetax {
namespace {

/// Resources of scopes of spans: {{3, 0}, {}} has 3.
otlp::ExportTraceServiceRequest request_of(const std::vector<std::vector<int>>& shape) {
  otlp::ExportTraceServiceRequest request;
  for (const std::vector<int>& scopes : shape) {
    auto* resource = request.add_resource_spans();
    resource->mutable_resource()->add_attributes()->set_key("service.name");
    resource->set_schema_url("https://x");
    for (const int spans : scopes) {
      auto* scope = resource->add_scope_spans();
      scope->mutable_scope()->set_name("scope");
      for (int i = 0; i < spans; ++i) {
        otlp::Span* span = scope->add_spans();
        span->set_trace_id(std::string(16, 'a'));
        span->set_span_id(std::string(8, 'b'));
        for (int k = 0; k < 20; ++k) span->add_attributes()->set_key("spans");
        span->add_events()->set_name("e");
      }
    }
  }
  return request;
}

TEST(OtlpCount, AProtobufPayloadHasAsManySpansAsItsDecoderFinds) {
  for (const auto& shape :
       std::vector<std::vector<std::vector<int>>>{{}, {{}}, {{1}}, {{3, 0, 2}, {}, {512}}}) {
    const std::string body = request_of(shape).SerializeAsString();
    std::vector<SpanSeen> seen;
    ASSERT_TRUE(decode_spans(OtlpFormat::protobuf, body, 0, seen).has_value());
    EXPECT_EQ(count_spans(OtlpFormat::protobuf, body), seen.size());
    const OtlpPayload packed{.body = gzip_of(body), .encoding = OtlpEncoding::gzip};
    EXPECT_EQ(count_spans(packed), seen.size());
  }
}

constexpr std::string_view kSpan =
    R"({"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"a\"]}\\",)"
    R"("attributes":[{"key":"spans","value":{"arrayValue":{"values":[{},{}]}}}],"events":[{},{}]})";

TEST(OtlpCount, AJsonPayloadHasAsManySpansAsItsDecoderFinds) {
  const std::string one(kSpan);
  const std::string odd = R"("schemaUrl":"spans","x":[{},{"spans":[{}]}],)";
  const std::string scope = "{" + odd + R"("spans":[)" + one + "," + one + "]}";
  const std::string bodies[] = {
      "{}", R"({"resourceSpans":[]})", R"({"resourceSpans":[{"scopeSpans":[{"spans":[]}]}]})",
      R"({"resourceSpans":[{)" + odd + R"("resource":{"attributes":[{"key":"k"}]},"scopeSpans":[)" +
          scope + " , " + scope + R"(]},{"scopeSpans":null}], "spans": [{"a":1}]})"};
  std::uint64_t all = 0;
  for (const std::string& body : bodies) {
    std::vector<SpanSeen> seen;
    const auto decoded = decode_spans(OtlpFormat::json, body, 0, seen);
    ASSERT_TRUE(decoded.has_value()) << decoded.error().message;
    const auto counted = count_spans(OtlpFormat::json, body);
    ASSERT_TRUE(counted.has_value()) << body;
    EXPECT_EQ(*counted, seen.size()) << body;
    all += *counted;
  }
  EXPECT_EQ(all, 4U);
}

TEST(OtlpCount, WhatIsBrokenOnTheWayToTheSpansIsRefused) {
  const std::string whole = request_of({{2}}).SerializeAsString();
  for (std::size_t size = 1; size < whole.size(); ++size)
    EXPECT_FALSE(count_spans(OtlpFormat::protobuf, std::string_view(whole).substr(0, size)));
  for (const std::string_view body :
       {"", "{", "}", "[}", R"({"resourceSpans)", "{}{}", R"("x")", "{}]", R"({"a":"\)"})
    EXPECT_FALSE(count_spans(OtlpFormat::json, body)) << body;
  const std::string deep(kOtlpMaxDepth + 1, '[');
  EXPECT_FALSE(count_spans(OtlpFormat::json, deep + std::string(deep.size(), ']')));
  const auto unpacked = count_spans(OtlpPayload{.body = "no gzip", .encoding = OtlpEncoding::gzip});
  ASSERT_FALSE(unpacked.has_value());
  EXPECT_EQ(unpacked.error().message.substr(0, 13), "OTLP payload:");
}

}  // namespace
}  // namespace tracetax

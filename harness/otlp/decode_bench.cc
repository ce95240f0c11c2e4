// What one span costs to decode: a server span with the 12 attributes of an HTTP server, in a batch
// of 512, as protobuf and as JSON.
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <google/protobuf/util/json_util.h>

#include "harness/otlp/decode.h"
#include "harness/otlp/proto/otlp_trace.pb.h"

namespace tracetax {
namespace {

constexpr int kSpans = 512;

void add(otlp::Span& span, const char* key, const char* text) {
  auto* attribute = span.add_attributes();
  attribute->set_key(key);
  attribute->mutable_value()->set_string_value(text);
}
void add(otlp::Span& span, const char* key, std::int64_t number) {
  auto* attribute = span.add_attributes();
  attribute->set_key(key);
  attribute->mutable_value()->set_int_value(number);
}

otlp::ExportTraceServiceRequest batch() {
  otlp::ExportTraceServiceRequest request;
  auto* resource = request.add_resource_spans();
  auto* name = resource->mutable_resource()->add_attributes();
  name->set_key("service.name");
  name->mutable_value()->set_string_value("shop");
  auto* scope = resource->add_scope_spans();
  for (int i = 0; i < kSpans; ++i) {
    otlp::Span& span = *scope->add_spans();
    span.set_trace_id("0123456789abcdef");
    span.set_span_id("01234567");
    span.set_parent_span_id("76543210");
    span.set_name("GET /users/{id}");
    span.set_kind(otlp::Span::SPAN_KIND_SERVER);
    span.set_start_time_unix_nano(1'700'000'000'000'000'000U + static_cast<std::uint64_t>(i));
    span.set_end_time_unix_nano(span.start_time_unix_nano() + 150'000);
    add(span, "server.address", "127.0.0.1");
    add(span, "http.request.method", "GET");
    add(span, "url.scheme", "http");
    add(span, "server.port", 8080);
    add(span, "network.peer.address", "127.0.0.1");
    add(span, "network.peer.port", 54321);
    add(span, "user_agent.original", "loadgen/1.0");
    add(span, "client.address", "127.0.0.1");
    add(span, "url.path", "/users/42");
    add(span, "network.protocol.version", "1.1");
    add(span, "http.route", "/users/{id}");
    add(span, "http.response.status_code", 200);
  }
  return request;
}

void decode(benchmark::State& state, OtlpFormat format, const std::string& body) {
  std::vector<SpanSeen> spans;
  for (auto _ : state) {
    spans.clear();
    const auto decoded = decode_spans(format, body, 7, spans);
    if (!decoded || *decoded != kSpans) state.SkipWithError("not decoded");
  }
  state.SetItemsProcessed(state.iterations() * kSpans);
}

void BM_DecodeProtobuf(benchmark::State& state) {
  decode(state, OtlpFormat::protobuf, batch().SerializeAsString());
}
BENCHMARK(BM_DecodeProtobuf);

/// Ids stand in base64 in protobuf's own JSON; OTLP's are hex.
void BM_DecodeJson(benchmark::State& state) {
  std::string body;
  (void)google::protobuf::util::MessageToJsonString(batch(), &body, [] {
    google::protobuf::util::JsonPrintOptions options;
    options.always_print_enums_as_ints = true;
    return options;
  }());
  const auto put = [&body](const std::string& key, const std::string& value) {
    const std::string begin = "\"" + key + "\":\"";
    for (auto at = body.find(begin); at != std::string::npos; at = body.find(begin, at + 1)) {
      const auto from = at + begin.size();
      body.replace(from, body.find('"', from) - from, value);
    }
  };
  put("traceId", "30313233343536373839616263646566");
  put("spanId", "3031323334353637");
  put("parentSpanId", "3736353433323130");
  decode(state, OtlpFormat::json, body);
}
BENCHMARK(BM_DecodeJson);

}  // namespace
}  // namespace tracetax

// What the SDK's steps cost: the sampler's decision, a span with 12 attributes in each state, and
// the encoding of one span in a batch of 512.
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include "harness/core/request/request_ids.h"
#include "targets/tracing/export/otlp_encode.h"
#include "targets/tracing/ids.h"
#include "targets/tracing/sampler.h"
#include "targets/tracing/tracer.h"

namespace tracetax {
namespace {

/// Accepts everything at once, so that the queue never fills.
class SwallowingExporter final : public SpanExporter {
 public:
  ExportResult export_spans(std::span<const SpanPointer> batch, SteadyTime) override {
    return {batch.size(), 0};
  }
  void begin_shutdown(SteadyTime) noexcept override {}
};

/// The attributes that a GET through otelhttp starts with, and the two it ends with.
Attributes start_attributes() {
  Attributes attributes;
  attributes.reserve(10);
  attributes.push_back({"server.address", std::string("127.0.0.1")});
  attributes.push_back({"http.request.method", std::string("GET")});
  attributes.push_back({"url.scheme", std::string("http")});
  attributes.push_back({"server.port", std::int64_t{8080}});
  attributes.push_back({"network.peer.address", std::string("127.0.0.1")});
  attributes.push_back({"network.peer.port", std::int64_t{54321}});
  attributes.push_back({"user_agent.original", std::string("loadgen/1.0")});
  attributes.push_back({"client.address", std::string("127.0.0.1")});
  attributes.push_back({"url.path", std::string("/api/v1/users/42")});
  attributes.push_back({"network.protocol.version", std::string("1.1")});
  return attributes;
}

Attributes end_attributes() {
  Attributes attributes;
  attributes.reserve(2);
  attributes.push_back({"http.response.body.size", std::int64_t{97}});
  attributes.push_back({"http.response.status_code", std::int64_t{200}});
  return attributes;
}

/// A sampler of the catalog on root spans, whose ids are made before.
void BM_SamplerDecision(benchmark::State& state, const char* name, const char* argument) {
  const auto sampler =
      find_in_catalog(sampler_catalog(), "sampler", name).value()(argument).value();
  std::vector<TraceId> ids(1024);
  for (TraceId& id : ids) id = random_trace_id();
  const Attributes attributes = start_attributes();
  std::size_t k = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(sampler->decide(
        {std::nullopt, ids[++k % ids.size()], "GET /users/:id", SpanKind::server, attributes}));
  }
}
BENCHMARK_CAPTURE(BM_SamplerDecision, parentbased_traceidratio, "parentbased_traceidratio", "0.01");
BENCHMARK_CAPTURE(BM_SamplerDecision, traceidratio_java, "traceidratio", "0.01,rule=java");
BENCHMARK_CAPTURE(BM_SamplerDecision, probability_1_percent, "probability", "0.01");
BENCHMARK_CAPTURE(BM_SamplerDecision, probability_all, "probability", "1");
BENCHMARK_CAPTURE(BM_SamplerDecision, rate_limiting, "rate_limiting", "100/s");
BENCHMARK_CAPTURE(BM_SamplerDecision, jaeger_adaptive, "jaeger_adaptive", "");
BENCHMARK_CAPTURE(BM_SamplerDecision, adaptive_priority, "adaptive_priority", "");
BENCHMARK_CAPTURE(BM_SamplerDecision, adaptive_load, "adaptive_load", "");

void BM_RandomIds(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(random_trace_id());
    benchmark::DoNotOptimize(random_span_id());
  }
}
BENCHMARK(BM_RandomIds);

void BM_AttributesOnly(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(start_attributes());
    benchmark::DoNotOptimize(end_attributes());
  }
}
BENCHMARK(BM_AttributesOnly);

void BM_SpanStartEnd(benchmark::State& state, const char* tracing_state, std::uint8_t flags) {
  const auto config = read_tracing_config({{"TRACETAX_STATE", tracing_state}}).value();
  const auto tracer = Tracer::make(config, std::make_unique<SwallowingExporter>()).value();
  const TraceContext parent{random_trace_id(), random_span_id(), flags};
  for (auto _ : state) {
    Span span = tracer->start_span("GET", SpanKind::server, parent, start_attributes());
    span.set_name("GET /api/v1/users/:id");
    span.set_attributes(end_attributes());
    span.end();
  }
  const SpanCounts counts = tracer->counts();
  state.counters["dropped_share"] =
      counts.ended == 0 ? 0
                        : static_cast<double>(counts.dropped) / static_cast<double>(counts.ended);
}
BENCHMARK_CAPTURE(BM_SpanStartEnd, noop, "noop", std::uint8_t{1});
BENCHMARK_CAPTURE(BM_SpanStartEnd, drop, "drop", std::uint8_t{1});
BENCHMARK_CAPTURE(BM_SpanStartEnd, unsampled, "export", std::uint8_t{0});
BENCHMARK_CAPTURE(BM_SpanStartEnd, record, "record", std::uint8_t{1});
BENCHMARK_CAPTURE(BM_SpanStartEnd, export, "export", std::uint8_t{1});

void BM_OtlpEncodePerSpan(benchmark::State& state) {
  constexpr std::int64_t kBatch = 512;
  std::vector<SpanPointer> batch;
  for (std::int64_t i = 0; i < kBatch; ++i) {
    auto span = std::make_unique<SpanData>();
    span->context = {random_trace_id(), random_span_id(), 1};
    span->parent_span_id = random_span_id();
    span->name = "GET /api/v1/users/:id";
    span->kind = SpanKind::server;
    span->attributes = start_attributes();
    for (Attribute& attribute : end_attributes()) span->attributes.push_back(attribute);
    span->start_ns = span->end_ns = 1'700'000'000'000'000'000;
    batch.push_back(std::move(span));
  }
  OtlpEncoder encoder({{"service.name", "bench"}}, "otelhttp", "0.70.0");
  std::size_t bytes = 0;
  while (state.KeepRunningBatch(kBatch)) bytes = encoder.encode(batch).size();
  state.counters["bytes_per_span"] = static_cast<double>(bytes) / kBatch;
}
BENCHMARK(BM_OtlpEncodePerSpan);

}  // namespace
}  // namespace tracetax

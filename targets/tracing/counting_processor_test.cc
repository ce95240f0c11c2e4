// Counts in place of spans: none is lost, whenever the windows end.
// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/counting_processor.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

#include "targets/tracing/tracer.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;

struct CountedSpan {
  std::string name;
  SpanKind kind;
  std::int64_t requests = 0, status = 0;
  std::string trace;
};

class KeepingExporter final : public SpanExporter {
 public:
  explicit KeepingExporter(std::vector<CountedSpan>& spans) : spans_(spans) {}
  ExportResult export_spans(std::span<const SpanPointer> batch, SteadyTime) override {
    for (const SpanPointer& span : batch) {
      CountedSpan seen{span->name, span->kind, 0, 0, ""};
      for (const std::uint8_t byte : span->context.trace_id.bytes)
        seen.trace += std::to_string(byte) + ".";
      for (const Attribute& attribute : span->attributes) {
        const auto value = std::get<std::int64_t>(attribute.value);
        (attribute.key == "tracetax.requests" ? seen.requests : seen.status) = value;
      }
      EXPECT_FALSE(span->parent_span_id.valid());
      EXPECT_LE(span->start_ns, span->end_ns);
      spans_.push_back(seen);
    }
    return {batch.size(), 0};
  }
  void begin_shutdown(SteadyTime) noexcept override {}

 private:
  std::vector<CountedSpan>& spans_;
};

struct CountingTracer {
  std::vector<CountedSpan> spans;
  std::unique_ptr<Tracer> tracer;

  explicit CountingTracer(const std::string& window) {
    auto config = read_tracing_config({{"TRACETAX_COUNT_SPANS", window}}).value();
    tracer = Tracer::make(config, std::make_unique<KeepingExporter>(spans)).value();
  }
  void request(std::string_view name, std::int64_t status, std::string_view key) const {
    Span server = tracer->start_span(name, SpanKind::server, std::nullopt, {});
    tracer->start_child_span("cache", SpanKind::internal, server, {}).end();
    if (status != 0) server.set_attributes({{key, status}});
  }
  void shutdown() const { tracer->shutdown(std::chrono::steady_clock::now() + 20s); }
};

TEST(CountingProcessor, SendsOneSpanForEachNameAndStatusAtTheEnd) {
  CountingTracer counting("1h");
  for (int i = 0; i < 5; ++i) counting.request("GET /a", 200, "http.response.status_code");
  for (int i = 0; i < 2; ++i) counting.request("GET /a", 404, "http.status_code");
  counting.request("GET /b", 0, "");
  counting.shutdown();
  counting.request("GET /b", 0, "");  // too late
  ASSERT_EQ(counting.spans.size(), 3U);
  const auto expect = [](const CountedSpan& span, const char* name, int requests, int status) {
    EXPECT_EQ(span.name, name);
    EXPECT_EQ(span.requests, requests);
    EXPECT_EQ(span.status, status);
    EXPECT_EQ(span.kind, SpanKind::internal);
  };
  expect(counting.spans[0], "GET /a", 5, 200);
  expect(counting.spans[1], "GET /a", 2, 404);
  expect(counting.spans[2], "GET /b", 1, 0);
  EXPECT_NE(counting.spans[0].trace, counting.spans[1].trace);
  EXPECT_EQ(counting.tracer->counts().exported, 3U);
}

TEST(CountingProcessor, CountsEachRequestOnceWhileWindowsEnd) {
  CountingTracer counting("1ms");
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 2000; ++i) counting.request("GET /a", 200, "http.response.status_code");
      });
    for (int i = 0; i < 20; ++i)
      EXPECT_TRUE(counting.tracer->force_flush(std::chrono::steady_clock::now() + 20s));
  }
  counting.shutdown();
  std::int64_t requests = 0;
  for (const CountedSpan& span : counting.spans) requests += span.requests;
  EXPECT_EQ(requests, 8000);
  EXPECT_GT(counting.spans.size(), 1U);
}

TEST(CountingProcessor, OnlyWhereItIsAskedFor) {
  EXPECT_FALSE(read_tracing_config({})->count_spans);
  EXPECT_EQ(read_tracing_config({{"TRACETAX_COUNT_SPANS", "1s"}})->count_spans, 1000ms);
  for (const char* bad : {"1", "0ms", "2h", "1us"})
    EXPECT_FALSE(read_tracing_config({{"TRACETAX_COUNT_SPANS", bad}})) << bad;
}

}  // namespace
}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/simple_processor.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "targets/tracing/tracer.h"

namespace tracetax {
namespace {

/// Takes what is there, but for every third span; tells how many it had at a time.
class PickyExporter final : public SpanExporter {
 public:
  explicit PickyExporter(std::vector<std::size_t>& batches) : batches_(batches) {}
  ExportResult export_spans(std::span<const SpanPointer> batch, SteadyTime) override {
    batches_.push_back(batch.size());
    if (batches_.size() % 3 == 0) return {0, batch.size(), "503"};
    return {batch.size(), 0};
  }
  void begin_shutdown(SteadyTime) noexcept override {}

 private:
  std::vector<std::size_t>& batches_;
};

TEST(SimpleProcessor, ExportsEachSpanBeforeItsEndReturns) {
  std::vector<std::size_t> batches;
  SimpleProcessor processor(std::make_unique<PickyExporter>(batches));
  processor.on_end(std::make_shared<SpanData>());
  EXPECT_EQ(batches, std::vector<std::size_t>{1});
  processor.on_end(std::make_shared<SpanData>());
  EXPECT_EQ(processor.read().exported, 2U);
}

TEST(SimpleProcessor, CountsCloseUnderManyThreadsAndAfterShutdown) {
  std::vector<std::size_t> batches;
  SimpleProcessor processor(std::make_unique<PickyExporter>(batches));
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int k = 0; k < 300; ++k) processor.on_end(std::make_shared<SpanData>());
      });
    }
  }
  processor.shutdown(std::chrono::steady_clock::now());
  processor.on_end(std::make_shared<SpanData>());
  const ProcessorReading reading = processor.read();
  EXPECT_EQ(reading.exported, 800U);
  EXPECT_EQ(reading.failed.at("503"), 400U);
  EXPECT_EQ(reading.after_shutdown, 1U);
  EXPECT_EQ(batches.size(), 1200U);
}

// Both get every span; the counts are the first one's, the metrics tell of both.
TEST(Tracer, GivesEverySpanToAllItsProcessors) {
  TracingConfig config = read_tracing_config({{"OTEL_TRACES_EXPORTER", "console,otlp"}}).value();
  ASSERT_EQ(config.processors.size(), 2U);
  EXPECT_EQ(config.processors[0].exporter, ExporterKind::otlp);
  std::vector<std::size_t> batched;
  std::vector<std::size_t> single;
  std::vector<ExporterPool> pools(2);
  pools[0].push_back(std::make_unique<PickyExporter>(batched));
  pools[1].push_back(std::make_unique<PickyExporter>(single));
  const auto tracer = Tracer::make(config, std::move(pools)).value();
  for (int i = 0; i < 6; ++i) tracer->start_span("s", SpanKind::server, std::nullopt, {}).end();
  tracer->shutdown(std::chrono::steady_clock::now() + std::chrono::seconds(20));
  EXPECT_EQ(batched, std::vector<std::size_t>{6});
  EXPECT_EQ(single.size(), 6U);
  const SpanCounts counts = tracer->counts();
  EXPECT_EQ(counts.ended, 6U);
  EXPECT_EQ(counts.exported, 6U);
  double failed = 0;
  for (const SelfMetric& metric : tracer->self_metrics()) {
    if (metric.name == "otel.sdk.exporter.span.exported" && metric.attributes.size() == 3) {
      EXPECT_EQ(metric.attributes[2], (std::pair<std::string, std::string>{"error.type", "503"}));
      failed += metric.value;
    }
  }
  EXPECT_EQ(failed, 2);
}

TEST(MetricsLine, IsJsonWithTheConventionsNames) {
  ProcessorReading reading;
  reading.processor = "batching_span_processor";
  reading.exporter = "otlp_grpc_span_exporter";
  reading.queue_capacity = 8;
  reading.exports = 2;
  reading.export_time = std::chrono::milliseconds(1500);
  const std::string line =
      metrics_line("users", self_metrics_of({.started = 3, .sampled = 2}, {reading}));
  EXPECT_TRUE(line.starts_with(
      R"({"tracetax_metrics":{"service":"users","metrics":[{"name":"otel.sdk.span.started",)"
      R"("attributes":{"otel.span.sampling_result":"RECORD_AND_SAMPLE"},"value":2})"))
      << line;
  EXPECT_NE(line.find(R"("otel.component.name":"otlp_grpc_span_exporter/0")"), std::string::npos);
  EXPECT_NE(line.find(R"(,"value":1.5})"), std::string::npos);
}

}  // namespace
}  // namespace tracetax

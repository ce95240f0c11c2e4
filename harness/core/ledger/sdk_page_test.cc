// SPDX-License-Identifier: Apache-2.0
#include "harness/core/ledger/sdk_page.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

// As Go's SDK 1.45 and its exporter of metrics write them, some labels left out.
const ServiceMetrics kGo{
    {R"(otel_sdk_span_started_total{otel_span_parent_origin="remote",otel_span_sampling_result="DROP"})",
     20},
    {R"(otel_sdk_span_started_total{otel_span_parent_origin="remote",otel_span_sampling_result="RECORD_AND_SAMPLE"})",
     30},
    {R"(otel_sdk_span_started_total{otel_span_parent_origin="local",otel_span_sampling_result="RECORD_AND_SAMPLE"})",
     60},
    {R"(otel_sdk_span_live{otel_span_sampling_result="RECORD_AND_SAMPLE"})", 10},
    {R"(otel_sdk_processor_span_queue_capacity{otel_component_name="batching_span_processor/0"})",
     2048},
    {R"(otel_sdk_processor_span_processed_total{otel_component_name="batching_span_processor/0"})",
     74},
    {R"(otel_sdk_processor_span_processed_total{error_type="queue_full",otel_component_name="b/0"})",
     6},
    {R"(otel_sdk_exporter_span_exported_total{otel_component_name="otlp_http_span_exporter/0"})",
     50},
    {R"(otel_sdk_exporter_span_exported_total{error_type="*errors.joinError",server_port="1"})", 4},
    {"otel_sdk_exporter_span_inflight", 3},
    {"http_server_request_duration_seconds_count", 7}};

TEST(SdkPage, IsWhatTheSdkCounts) {
  const auto counts = sdk_counts(kGo);
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->started, 110u);
  EXPECT_EQ(counts->sampled, 90u);
  EXPECT_EQ(counts->ended, 80u);
  EXPECT_EQ(counts->dropped, 6u);
  EXPECT_EQ(counts->exported, 50u);
  EXPECT_EQ(counts->failed, 4u);
  EXPECT_EQ(counts->exporter, "otlp");
}

TEST(SdkPage, NamesWithDotsAreTheSame) {
  const auto counts =
      sdk_counts({{R"(otel.sdk.span.started{"otel.span.sampling_result"="RECORD_AND_SAMPLE"})", 5},
                  {R"(otel.sdk.exporter.span.exported{"error.type"="timeout"})", 2}});
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->sampled, 5u);
  EXPECT_EQ(counts->failed, 2u);
}

TEST(SdkPage, WithoutAnExporterNothingTakesTheSpans) {
  EXPECT_EQ(sdk_counts({{R"(otel_sdk_span_live{a="RECORD_AND_SAMPLE"})", 0}})->exporter, "none");
}

TEST(SdkPage, OfACollectorThereIsNone) {
  EXPECT_FALSE(sdk_counts({{"otelcol_exporter_sent_spans_total", 5}}));
  EXPECT_FALSE(sdk_counts({}));
}

}  // namespace
}  // namespace tracetax

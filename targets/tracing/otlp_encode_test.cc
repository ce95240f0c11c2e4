// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/otlp_encode.h"

#include <gtest/gtest.h>

#include "harness/otlp/proto/otlp_trace.pb.h"
#include "targets/tracing/ids.h"

namespace tracetax {
namespace {

SpanPointer make_span() {
  auto span = std::make_unique<SpanData>();
  span->context = {random_trace_id(), random_span_id(), 0x01};
  span->parent_span_id = random_span_id();
  span->parent_is_remote = true;
  span->name = "GET /users/:id";
  span->kind = SpanKind::server;
  span->start_ns = 1'700'000'000'000'000'001;
  span->end_ns = 1'700'000'000'000'900'002;
  span->attributes = {{"s", std::string("text")}, {"i", std::int64_t{-7}}, {"d", 2.5}, {"b", true}};
  span->dropped_attributes = 3;
  span->events.push_back({span->start_ns + 1, "message", {{"id", std::int64_t{1}}}});
  span->events[0].dropped_attributes = 5;
  span->dropped_events = 4;
  span->trace_state = "vendor=1";
  span->attributes.push_back({"texts", std::vector<std::string>{"a", ""}});
  span->attributes.push_back({"numbers", std::vector<std::int64_t>{1, -2}});
  span->attributes.push_back({"bools", std::vector<bool>{true, false}});
  span->attributes.push_back({"doubles", std::vector<double>{}});
  SpanLink& link = span->links.emplace_back();
  link.context = {random_trace_id(), random_span_id(), 0x01};
  link.trace_state = "left=out";
  link.is_remote = true;
  link.attributes = {{"why", std::string("batch")}};
  link.dropped_attributes = 6;
  span->dropped_links = 7;
  span->status = SpanStatus::error;
  span->status_message = "boom";
  return span;
}

otlp::ExportTraceServiceRequest decoded(const std::string& bytes) {
  otlp::ExportTraceServiceRequest request;
  EXPECT_TRUE(request.ParseFromString(bytes));
  return request;
}

TEST(OtlpEncoder, EverythingInASpanComesBack) {
  OtlpEncoder encoder({{"service.name", "users"}}, "scope", "0.70.0");
  std::vector<SpanPointer> batch;
  batch.push_back(make_span());
  const auto request = decoded(encoder.encode(batch));
  ASSERT_EQ(request.resource_spans_size(), 1);
  const auto& resource = request.resource_spans(0).resource();
  EXPECT_EQ(resource.attributes(0).key(), "service.name");
  EXPECT_EQ(resource.attributes(0).value().string_value(), "users");
  const auto& scope_spans = request.resource_spans(0).scope_spans(0);
  EXPECT_EQ(scope_spans.scope().name(), "scope");
  EXPECT_EQ(scope_spans.scope().version(), "0.70.0");
  ASSERT_EQ(scope_spans.spans_size(), 1);
  const otlp::Span& span = scope_spans.spans(0);
  EXPECT_EQ(span.trace_id(), std::string(batch[0]->context.trace_id.bytes.begin(),
                                         batch[0]->context.trace_id.bytes.end()));
  EXPECT_EQ(span.span_id().size(), 8U);
  EXPECT_EQ(span.parent_span_id(), std::string(batch[0]->parent_span_id.bytes.begin(),
                                               batch[0]->parent_span_id.bytes.end()));
  EXPECT_EQ(span.name(), "GET /users/:id");
  EXPECT_EQ(span.kind(), otlp::Span::SPAN_KIND_SERVER);
  EXPECT_EQ(span.start_time_unix_nano(), 1'700'000'000'000'000'001U);
  EXPECT_EQ(span.end_time_unix_nano(), 1'700'000'000'000'900'002U);
  EXPECT_EQ(span.trace_state(), "vendor=1");
  ASSERT_EQ(span.attributes_size(), 8);
  EXPECT_EQ(span.attributes(0).value().string_value(), "text");
  EXPECT_EQ(span.attributes(1).value().int_value(), -7);
  EXPECT_DOUBLE_EQ(span.attributes(2).value().double_value(), 2.5);
  EXPECT_TRUE(span.attributes(3).value().bool_value());
  const auto& texts = span.attributes(4).value().array_value();
  ASSERT_EQ(texts.values_size(), 2);
  EXPECT_EQ(texts.values(0).string_value(), "a");
  EXPECT_TRUE(texts.values(1).has_string_value());
  EXPECT_EQ(span.attributes(5).value().array_value().values(1).int_value(), -2);
  EXPECT_TRUE(span.attributes(6).value().array_value().values(0).bool_value());
  EXPECT_TRUE(span.attributes(7).value().has_array_value());
  EXPECT_EQ(span.dropped_attributes_count(), 3U);
  ASSERT_EQ(span.events_size(), 1);
  EXPECT_EQ(span.events(0).name(), "message");
  EXPECT_EQ(span.events(0).dropped_attributes_count(), 5U);
  EXPECT_EQ(span.dropped_events_count(), 4U);
  ASSERT_EQ(span.links_size(), 1);
  const auto& link = span.links(0);
  const SpanLink& made = batch[0]->links[0];
  EXPECT_EQ(link.trace_id(),
            std::string(made.context.trace_id.bytes.begin(), made.context.trace_id.bytes.end()));
  EXPECT_EQ(link.span_id().size(), 8U);
  EXPECT_TRUE(link.trace_state().empty());  // as Go's exporter
  EXPECT_EQ(link.attributes(0).value().string_value(), "batch");
  EXPECT_EQ(link.dropped_attributes_count(), 6U);
  EXPECT_EQ(link.flags(), 0x301U);
  EXPECT_EQ(span.dropped_links_count(), 7U);
  EXPECT_EQ(span.status().code(), otlp::Status::STATUS_CODE_ERROR);
  EXPECT_EQ(span.status().message(), "boom");
  EXPECT_EQ(span.flags(), 0x301U);
}

TEST(OtlpEncoder, RootHasNoParent) {
  OtlpEncoder encoder({}, "scope", "");
  std::vector<SpanPointer> batch;
  batch.push_back(make_span());
  batch[0]->parent_span_id = {};
  batch[0]->parent_is_remote = false;
  const auto request = decoded(encoder.encode(batch));
  const otlp::Span& span = request.resource_spans(0).scope_spans(0).spans(0);
  EXPECT_TRUE(span.parent_span_id().empty());
  EXPECT_EQ(span.flags(), 0x101U);
}

TEST(OtlpEncoder, SecondBatchHoldsNothingOfTheFirst) {
  OtlpEncoder encoder({}, "scope", "");
  std::vector<SpanPointer> batch;
  for (int i = 0; i < 600; ++i) batch.push_back(make_span());
  EXPECT_EQ(decoded(encoder.encode(batch)).resource_spans(0).scope_spans(0).spans_size(), 600);
  batch.resize(1);
  EXPECT_EQ(decoded(encoder.encode(batch)).resource_spans(0).scope_spans(0).spans_size(), 1);
}

}  // namespace
}  // namespace tracetax

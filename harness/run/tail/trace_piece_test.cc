// SPDX-License-Identifier: Apache-2.0
#include "harness/run/tail/trace_piece.h"

#include <gtest/gtest.h>

#include <map>

#include "harness/otlp/proto/otlp_trace.pb.h"

namespace tracetax {
namespace {

std::string id_bytes(char trace) { return std::string(15, '\x01') + trace; }

void add_span(otlp::ScopeSpans& scope, char trace, const std::string& name) {
  otlp::Span* span = scope.add_spans();
  span->set_trace_id(id_bytes(trace));
  span->set_span_id(std::string(7, '\x02') + name.back());
  span->set_name(name);
  span->set_start_time_unix_nano(1'700'000'000'000'000'000);
  span->set_end_time_unix_nano(1'700'000'000'000'000'000 + static_cast<std::uint64_t>(name.back()));
  span->set_flags(0x101);
  span->add_attributes()->set_key("answer");
}

otlp::ResourceSpans& add_resource(otlp::ExportTraceServiceRequest& request,
                                  const std::string& service) {
  otlp::ResourceSpans* resource = request.add_resource_spans();
  otlp::KeyValue* attribute = resource->mutable_resource()->add_attributes();
  attribute->set_key("service.name");
  attribute->mutable_value()->set_string_value(service);
  resource->set_schema_url("https://opentelemetry.io/schemas/1.44.0");
  return *resource;
}

otlp::ScopeSpans& add_scope(otlp::ResourceSpans& resource, const std::string& name) {
  otlp::ScopeSpans* scope = resource.add_scope_spans();
  scope->mutable_scope()->set_name(name);
  return *scope;
}

TEST(TracePiece, AResourceOfOneTraceStaysAsItCame) {
  otlp::ExportTraceServiceRequest request;
  add_span(add_scope(add_resource(request, "shop"), "http"), 'a', "GET /1");
  add_span(add_scope(add_resource(request, "db"), "sql"), 'a', "SELECT 2");
  const std::string body = request.SerializeAsString();
  const auto pieces = split_by_trace(body).value();
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_EQ(pieces[0].bytes + pieces[1].bytes, body);
  EXPECT_EQ(pieces[0].trace_id, pieces[1].trace_id);
  EXPECT_EQ(pieces[0].spans[0].end_unix_ns - pieces[0].spans[0].start_unix_ns, '1');
  EXPECT_FALSE(pieces[0].has_error);
}

TEST(TracePiece, TracesOfOneResourceArePartedWithTheirScopes) {
  otlp::ExportTraceServiceRequest request;
  otlp::ResourceSpans& resource = add_resource(request, "shop");
  otlp::ScopeSpans& http = add_scope(resource, "http");
  add_span(http, 'a', "GET /1");
  add_span(http, 'b', "GET /2");
  add_span(http, 'a', "GET /3");
  http.mutable_spans(2)->mutable_status()->set_code(otlp::Status::STATUS_CODE_ERROR);
  add_span(add_scope(resource, "sql"), 'a', "SELECT 4");
  const auto pieces = split_by_trace(request.SerializeAsString()).value();
  ASSERT_EQ(pieces.size(), 2U);

  otlp::ExportTraceServiceRequest first, second;
  ASSERT_TRUE(first.ParseFromString(pieces[0].bytes));
  ASSERT_TRUE(second.ParseFromString(pieces[1].bytes));
  otlp::ExportTraceServiceRequest of_a = request, of_b = request;
  of_a.mutable_resource_spans(0)->mutable_scope_spans(0)->mutable_spans()->DeleteSubrange(1, 1);
  of_b.mutable_resource_spans(0)->mutable_scope_spans()->DeleteSubrange(1, 1);
  auto* spans = of_b.mutable_resource_spans(0)->mutable_scope_spans(0)->mutable_spans();
  spans->DeleteSubrange(2, 1);
  spans->DeleteSubrange(0, 1);
  EXPECT_EQ(first.DebugString(), of_a.DebugString());
  EXPECT_EQ(second.DebugString(), of_b.DebugString());
  EXPECT_TRUE(pieces[0].has_error);
  EXPECT_EQ(pieces[0].spans.size(), 3U);
  EXPECT_FALSE(pieces[1].has_error);
  EXPECT_EQ(pieces[1].spans.size(), 1U);
}

TEST(TracePiece, BrokenPayloadsAreRefused) {
  otlp::ExportTraceServiceRequest request;
  add_span(add_scope(add_resource(request, "shop"), "http"), 'a', "GET /1");
  const std::string body = request.SerializeAsString();
  // Cut anywhere: nothing of it is read.
  for (std::size_t size = 1; size < body.size(); ++size)
    EXPECT_FALSE(split_by_trace(body.substr(0, size))) << size;
  request.mutable_resource_spans(0)->mutable_scope_spans(0)->mutable_spans(0)->set_trace_id(
      "short");
  EXPECT_FALSE(split_by_trace(request.SerializeAsString()));
  EXPECT_TRUE(split_by_trace("").value().empty());
}

}  // namespace
}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/otlp_encode.h"

#include <utility>

#include "harness/otlp/proto/otlp_trace.pb.h"

namespace tracetax {
namespace {

constexpr std::uint32_t kHasIsRemote = 0x100;
constexpr std::uint32_t kIsRemote = 0x200;

template <typename Id>
void put_id(const Id& id, std::string* out) {
  out->assign(id.bytes.begin(), id.bytes.end());
}

struct PutValue {
  otlp::AnyValue* out;
  void operator()(const std::string& value) const { out->set_string_value(value); }
  void operator()(std::int64_t value) const { out->set_int_value(value); }
  void operator()(double value) const { out->set_double_value(value); }
  void operator()(bool value) const { out->set_bool_value(value); }
  template <typename Item>
  void operator()(const std::vector<Item>& values) const {
    otlp::ArrayValue* array = out->mutable_array_value();
    array->mutable_values()->Reserve(static_cast<int>(values.size()));
    for (const Item& value : values) PutValue{array->add_values()}(value);
  }
};

std::uint32_t flags_of(const TraceContext& context, bool is_remote) {
  return context.flags | kHasIsRemote | (is_remote ? kIsRemote : 0);
}

template <typename Message>
void put_attributes(const Attributes& attributes, Message* out) {
  out->mutable_attributes()->Reserve(static_cast<int>(attributes.size()));
  for (const Attribute& attribute : attributes) {
    otlp::KeyValue* pair = out->add_attributes();
    pair->set_key(attribute.key.data(), attribute.key.size());
    std::visit(PutValue{pair->mutable_value()}, attribute.value);
  }
}

void put_span(const SpanData& span, otlp::Span* out) {
  put_id(span.context.trace_id, out->mutable_trace_id());
  put_id(span.context.span_id, out->mutable_span_id());
  if (!span.trace_state.empty()) out->set_trace_state(span.trace_state);
  if (span.parent_span_id.valid()) put_id(span.parent_span_id, out->mutable_parent_span_id());
  out->set_name(span.name);
  out->set_kind(static_cast<otlp::Span::SpanKind>(span.kind));
  out->set_start_time_unix_nano(static_cast<std::uint64_t>(span.start_ns));
  out->set_end_time_unix_nano(static_cast<std::uint64_t>(span.end_ns));
  put_attributes(span.attributes, out);
  out->set_dropped_attributes_count(span.dropped_attributes);
  for (const SpanEvent& event : span.events) {
    otlp::Span::Event* slot = out->add_events();
    slot->set_time_unix_nano(static_cast<std::uint64_t>(event.time_ns));
    slot->set_name(event.name);
    put_attributes(event.attributes, slot);
    slot->set_dropped_attributes_count(event.dropped_attributes);
  }
  out->set_dropped_events_count(span.dropped_events);
  for (const SpanLink& link : span.links) {
    otlp::Span::Link* slot = out->add_links();
    put_id(link.context.trace_id, slot->mutable_trace_id());
    put_id(link.context.span_id, slot->mutable_span_id());
    put_attributes(link.attributes, slot);
    slot->set_dropped_attributes_count(link.dropped_attributes);
    slot->set_flags(flags_of(link.context, link.is_remote));
  }
  out->set_dropped_links_count(span.dropped_links);
  // Always there, as Go writes it: an empty status costs two bytes.
  otlp::Status* status = out->mutable_status();
  status->set_code(static_cast<otlp::Status::StatusCode>(span.status));
  status->set_message(span.status_message);
  out->set_flags(flags_of(span.context, span.parent_is_remote));
}

}  // namespace

OtlpEncoder::OtlpEncoder(KeyValueList resource, std::string scope_name, std::string scope_version)
    : resource_(std::move(resource)),
      scope_name_(std::move(scope_name)),
      scope_version_(std::move(scope_version)) {}

const std::string& OtlpEncoder::encode(std::span<const SpanPointer> batch) {
  // Each message is an object on the heap, as in Go, and not a part of an arena.
  otlp::ExportTraceServiceRequest request;
  otlp::ResourceSpans* resource_spans = request.add_resource_spans();
  for (const auto& [key, value] : resource_) {
    otlp::KeyValue* pair = resource_spans->mutable_resource()->add_attributes();
    pair->set_key(key);
    pair->mutable_value()->set_string_value(value);
  }
  resource_spans->set_schema_url(kResourceSchema.data(), kResourceSchema.size());
  otlp::ScopeSpans* scope_spans = resource_spans->add_scope_spans();
  scope_spans->mutable_scope()->set_name(scope_name_);
  scope_spans->mutable_scope()->set_version(scope_version_);
  scope_spans->mutable_spans()->Reserve(static_cast<int>(batch.size()));
  for (const SpanPointer& span : batch) put_span(*span, scope_spans->add_spans());
  bytes_.clear();
  request.SerializeToString(&bytes_);
  return bytes_;
}

}  // namespace tracetax

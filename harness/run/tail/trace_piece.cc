// SPDX-License-Identifier: Apache-2.0
#include "harness/run/tail/trace_piece.h"

#include <algorithm>
#include <unordered_map>

#include "harness/wire/protobuf_fields.h"
#include "harness/wire/protobuf_wire.h"

namespace tracetax {
namespace {

// Field numbers of opentelemetry/proto/trace/v1/trace.proto.
constexpr std::uint32_t kResourceSpans = 1, kScopeSpans = 2, kSpans = 2;
constexpr std::uint32_t kTraceId = 1, kStart = 7, kEnd = 8, kStatus = 15, kStatusCode = 3;
constexpr std::uint64_t kStatusError = 2;

struct SpanFound {
  TraceId trace_id;
  SpanTimes times;
  bool has_error = false;
  std::size_t scope = 0;   // where its scope stands among those of the ResourceSpans
  std::string_view field;  // all its bytes, with the tag
};

/// Zero for a field of 4 bytes.
std::uint64_t fixed64(std::string_view raw) {
  std::uint64_t value = 0;
  if (raw.size() <= sizeof value) return 0;
  for (std::size_t i = 1; i <= sizeof value; ++i)
    value = value << 8U | static_cast<unsigned char>(raw[raw.size() - i]);
  return value;
}

bool says_error(std::string_view status) {
  std::uint64_t code = 0;
  ProtobufReader reader(status);
  for (ProtobufField field; !reader.at_end();) {
    if (!reader.next(field)) return false;
    if (field.is_integer && field.number == kStatusCode) code = field.integer;
  }
  return code == kStatusError;
}

bool read_span(std::string_view message, SpanFound& span) {
  bool has_id = false;
  ProtobufReader reader(message);
  for (ProtobufField field; !reader.at_end();) {
    if (!reader.next(field)) return false;
    if (field.is_text && field.number == kTraceId) {
      has_id = field.text.size() == span.trace_id.bytes.size();
      if (!has_id) return false;
      std::ranges::copy(field.text, span.trace_id.bytes.begin());
    } else if (field.is_text && field.number == kStatus) {
      span.has_error = says_error(field.text);
    } else if (!field.is_text && !field.is_integer && field.number == kStart) {
      span.times.start_unix_ns = fixed64(field.raw);
    } else if (!field.is_text && !field.is_integer && field.number == kEnd) {
      span.times.end_unix_ns = fixed64(field.raw);
    }
  }
  return has_id;
}

/// A ResourceSpans: what is not spans, and the spans.
struct Resource {
  std::string head;                 // its own fields
  std::vector<std::string> scopes;  // those of its ScopeSpans
  std::vector<SpanFound> spans;
};

bool read_scope(std::string_view message, Resource& resource) {
  std::string& head = resource.scopes.emplace_back();
  ProtobufReader reader(message);
  for (ProtobufField field; !reader.at_end();) {
    if (!reader.next(field)) return false;
    if (!field.is_text || field.number != kSpans) {
      head += field.raw;
      continue;
    }
    SpanFound& span = resource.spans.emplace_back();
    span.scope = resource.scopes.size() - 1;
    span.field = field.raw;
    if (!read_span(field.text, span)) return false;
  }
  return true;
}

bool read_resource(std::string_view message, Resource& resource) {
  ProtobufReader reader(message);
  for (ProtobufField field; !reader.at_end();) {
    if (!reader.next(field)) return false;
    if (!field.is_text || field.number != kScopeSpans)
      resource.head += field.raw;
    else if (!read_scope(field.text, resource))
      return false;
  }
  return true;
}

void append_message(std::uint32_t number, std::string_view message, std::string& out) {
  wire::append_tag(out, static_cast<int>(number), wire::Type::bytes);
  wire::append_bytes(out, message);
}

/// A ResourceSpans with some of its spans only, as a field.
std::string with_spans(const Resource& resource, const std::vector<const SpanFound*>& spans) {
  std::string message = resource.head;
  for (auto at = spans.begin(); at != spans.end();) {
    const std::size_t scope = (*at)->scope;
    std::string inside = resource.scopes[scope];
    for (; at != spans.end() && (*at)->scope == scope; ++at) inside += (*at)->field;
    append_message(kScopeSpans, inside, message);
  }
  std::string field;
  append_message(kResourceSpans, message, field);
  return field;
}

void append_pieces(const Resource& resource, std::string_view whole, std::vector<TracePiece>& out) {
  std::unordered_map<TraceId, std::size_t, TraceIdHash> places;
  std::vector<std::vector<const SpanFound*>> traces;
  for (const SpanFound& span : resource.spans) {
    const auto [place, added] = places.try_emplace(span.trace_id, traces.size());
    if (added) traces.emplace_back();
    traces[place->second].push_back(&span);
  }
  for (const auto& spans : traces) {
    TracePiece& piece = out.emplace_back();
    piece.trace_id = spans.front()->trace_id;
    piece.bytes = traces.size() == 1 ? std::string(whole) : with_spans(resource, spans);
    piece.spans.reserve(spans.size());
    for (const SpanFound* span : spans) {
      piece.spans.push_back(span->times);
      piece.has_error = piece.has_error || span->has_error;
    }
  }
}

}  // namespace

Result<std::vector<TracePiece>> split_by_trace(std::string_view body) {
  std::vector<TracePiece> pieces;
  ProtobufReader reader(body);
  for (ProtobufField field; !reader.at_end();) {
    Resource resource;
    const bool good = reader.next(field) && (!field.is_text || field.number != kResourceSpans ||
                                             read_resource(field.text, resource));
    if (!good) {
      return failure(ExitCode::usage,
                     fmt::format("OTLP payload: not an ExportTraceServiceRequest in protobuf with "
                                 "trace ids of 16 bytes ({} bytes)",
                                 body.size()));
    }
    append_pieces(resource, field.raw, pieces);
  }
  return pieces;
}

}  // namespace tracetax

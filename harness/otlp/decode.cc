// Protobuf spans, and the way from a payload to its decoder.
// SPDX-License-Identifier: Apache-2.0
#include "harness/otlp/decode.h"

#include <google/protobuf/arena.h>
#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <limits>
#include <new>

#include "harness/core/receipt/span_marks.h"
#include "harness/otlp/decode_json.h"
#include "harness/otlp/proto/otlp_trace.pb.h"
#include "harness/otlp/unpack.h"

namespace tracetax {
namespace {

/// Copies an id of exactly the right size; false otherwise.
template <typename Id>
[[nodiscard]] bool copy_id(const std::string& bytes, Id& id) {
  if (bytes.size() != id.bytes.size()) return false;
  std::copy(bytes.begin(), bytes.end(), id.bytes.begin());
  return true;
}

[[nodiscard]] std::uint16_t marks_of(const otlp::Span& span) {
  SpanMarks marks;
  for (const otlp::KeyValue& attribute : span.attributes()) {
    const otlp::AnyValue& value = attribute.value();
    if (value.value_case() == otlp::AnyValue::kStringValue) {
      marks.see(attribute.key(), value.string_value());
    } else {
      marks.see(attribute.key(), value.int_value());
    }
  }
  return marks.marks(seen_kind(static_cast<std::uint64_t>(span.kind())), span.name(),
                     span.status().code() == otlp::Status::STATUS_CODE_ERROR,
                     span.dropped_attributes_count() > 0 || span.dropped_events_count() > 0 ||
                         span.dropped_links_count() > 0);
}

[[nodiscard]] Result<SpanSeen> to_span_seen(const otlp::Span& span) {
  const auto bad_id = [](const char* name, const std::string& bytes, std::size_t size) {
    return failure(ExitCode::usage,
                   fmt::format("{} must be {} bytes and not all zero; it has {} bytes", name, size,
                               bytes.size()));
  };
  SpanSeen seen;
  if (!copy_id(span.trace_id(), seen.trace_id) || !seen.trace_id.valid()) {
    return bad_id("trace_id", span.trace_id(), seen.trace_id.bytes.size());
  }
  if (!copy_id(span.span_id(), seen.span_id) || !seen.span_id.valid()) {
    return bad_id("span_id", span.span_id(), seen.span_id.bytes.size());
  }
  if (!span.parent_span_id().empty() && !copy_id(span.parent_span_id(), seen.parent_span_id)) {
    return failure(ExitCode::usage,
                   fmt::format("parent_span_id must be 8 bytes or none; it has {} bytes",
                               span.parent_span_id().size()));
  }
  seen.start_unix_ns = span.start_time_unix_nano();
  seen.end_unix_ns = span.end_time_unix_nano();
  constexpr int kMost = std::numeric_limits<std::uint16_t>::max();
  seen.attributes = static_cast<std::uint16_t>(std::min(span.attributes_size(), kMost));
  seen.events = static_cast<std::uint16_t>(std::min(span.events_size(), kMost));
  seen.bytes =
      static_cast<std::uint32_t>(span.ByteSizeLong());  // of the same encoding: below 64 MiB
  seen.marks = marks_of(span);
  return seen;
}

void keep_facts(const otlp::Span& span, std::size_t number, SpanSeen& seen, TreeFacts& facts) {
  seen.name = facts.names.index_of(span.name());
  const auto at = static_cast<std::uint32_t>(number);
  for (const otlp::Span::Link& link : span.links()) {
    SeenLink one{at, {}, {}};
    if (copy_id(link.trace_id(), one.trace_id) && copy_id(link.span_id(), one.span_id))
      facts.links.push_back(one);
  }
  for (const otlp::KeyValue& attribute : span.attributes()) {
    if (attribute.key() == kRequestsKey && attribute.value().int_value() > 0)
      facts.counts.push_back({at, static_cast<std::uint64_t>(attribute.value().int_value())});
  }
}

[[nodiscard]] std::string_view service_name(const otlp::Resource& resource) {
  for (const otlp::KeyValue& attribute : resource.attributes()) {
    if (attribute.key() == kServiceName) return attribute.value().string_value();
  }
  return {};
}

[[nodiscard]] Status decode_protobuf_spans(std::string_view body, std::uint64_t arrived_unix_ns,
                                           std::vector<SpanSeen>& out, const NamesSeen& names) {
  const google::protobuf::LogSilencer
      quiet;  // protobuf would print invalid UTF-8 on stderr by itself
  google::protobuf::Arena arena;
  auto* request = google::protobuf::Arena::CreateMessage<otlp::ExportTraceServiceRequest>(&arena);
  if (!request->ParseFromArray(body.data(), static_cast<int>(body.size()))) {
    return failure(
        ExitCode::usage,
        fmt::format("not an ExportTraceServiceRequest in protobuf ({} bytes)", body.size()));
  }
  std::size_t number = 0;
  for (const otlp::ResourceSpans& resource : request->resource_spans()) {
    const std::uint32_t service =
        names.services == nullptr ? 0 : names.services->index_of(service_name(resource.resource()));
    for (const otlp::ScopeSpans& scope : resource.scope_spans()) {
      for (const otlp::Span& span : scope.spans()) {
        auto seen = to_span_seen(span);
        if (!seen) return failure(seen.error().within(fmt::format("span {}", number)));
        seen->arrived_unix_ns = arrived_unix_ns;
        seen->service = service;
        keep_raw_path(*seen, span.name(), names.raw_path);
        if (names.facts != nullptr) keep_facts(span, out.size(), *seen, *names.facts);
        out.push_back(*seen);
        ++number;
      }
    }
  }
  return {};
}

}  // namespace

void keep_raw_path(const SpanSeen& span, std::string_view name, std::string* kept) {
  if (kept == nullptr || !kept->empty() || (span.marks & span_mark::kRawPathName) == 0) return;
  std::size_t size = std::min(name.size(), kRawPathMost);
  const auto continues = [&name](std::size_t at) { return (name[at] & 0xc0) == 0x80; };
  while (size > 0 && size < name.size() && continues(size)) --size;  // of UTF-8: whole characters
  *kept = name.substr(0, size);
}

Result<std::uint32_t> decode_spans(OtlpFormat format, std::string_view body,
                                   std::uint64_t arrived_unix_ns, std::vector<SpanSeen>& out,
                                   const NamesSeen& names) {
  if (body.size() > kOtlpMaxRequestBytes) {
    return failure(ExitCode::usage,
                   fmt::format("payload of {} bytes is above OTLP's limit of {} bytes", body.size(),
                               kOtlpMaxRequestBytes));
  }
  const std::size_t before = out.size();
  Status decoded;
  try {
    decoded = format == OtlpFormat::json ? decode_json_spans(body, arrived_unix_ns, out, names)
                                         : decode_protobuf_spans(body, arrived_unix_ns, out, names);
  } catch (const std::bad_alloc&) {
    decoded = failure(ExitCode::usage, "too large to decode in the memory there is");
  }
  if (!decoded) {
    out.resize(before);
    if (names.facts != nullptr) names.facts->cut_to(before);
    return failure(decoded.error().within("OTLP payload"));
  }
  return static_cast<std::uint32_t>(out.size() - before);
}

Result<std::uint32_t> decode_payload(const OtlpPayload& payload, std::vector<SpanSeen>& out,
                                     const NamesSeen& names) {
  if (payload.encoding == OtlpEncoding::identity) {
    return decode_spans(payload.format, payload.body, payload.arrived_unix_ns, out, names);
  }
  const auto body = unpack_otlp(payload.encoding, payload.body);
  if (!body) return failure(body.error().within("OTLP payload"));
  return decode_spans(payload.format, *body, payload.arrived_unix_ns, out, names);
}

}  // namespace tracetax

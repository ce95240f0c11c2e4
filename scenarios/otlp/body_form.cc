// SPDX-License-Identifier: Apache-2.0
#include "scenarios/otlp/body_form.h"

#include <fmt/format.h>

#include <array>

#include "harness/core/request/request_ids.h"
#include "harness/wire/protobuf_wire.h"

namespace tracetax {
namespace {

using wire::append_bytes;
using wire::append_fixed;
using wire::append_tag;
using wire::append_varint;
using wire::Type;

constexpr std::string_view kIntegerKey = "http.response.status_code";
constexpr std::array<std::string_view, 10> kKeys{
    "http.request.method",  "url.path",   "server.address",   kIntegerKey,  "user_agent.original",
    "network.peer.address", "http.route", "db.query.summary", "enduser.id", "session.id"};
constexpr int kInteger = 200;
constexpr std::string_view kRootName = "GET /users/{id}", kChildName = "SELECT shop.users";
constexpr std::string_view kEventName = "cache.miss", kEventKey = "cache.key";
constexpr std::string_view kScopeName = "tracetax/load", kScopeVersion = "0.1.0";
constexpr int kServerKind = 2, kInternalKind = 1;
// Sampled, and whether the parent is remote is known: it is not.
constexpr std::uint32_t kSpanFlags = 0x101;
constexpr std::string_view kSomeTime = "1000000000000000000";

std::string key_at(int i) {
  return i < static_cast<int>(kKeys.size()) ? std::string(kKeys[static_cast<std::size_t>(i)])
                                            : fmt::format("app.attribute.{:03}", i);
}

std::vector<std::pair<std::string, std::string>> resource_of(int service) {
  return {{"service.name", fmt::format("load-{:04}", service)},
          {"telemetry.sdk.name", "tracetax"},
          {"telemetry.sdk.language", "cpp"},
          {"host.name", fmt::format("host-{:04}", service)}};
}

std::uint32_t place(const std::string& bytes) { return static_cast<std::uint32_t>(bytes.size()); }

/// Its places move with the bytes that come before it.
void put_in_front(SpanForm& span, const std::string& bytes) {
  const std::uint32_t by = place(bytes);
  span.bytes.insert(0, bytes);
  for (std::uint32_t* at : {&span.trace_id, &span.span_id, &span.start, &span.end, &span.status})
    *at += by;
  if (span.parent_id) *span.parent_id += by;
  for (std::uint32_t& at : span.values) at += by;
  for (std::uint32_t& at : span.event_times) at += by;
}

// --- protobuf: the numbers are those of opentelemetry-proto 1.x

void append_message(std::string& out, int field, std::string_view message) {
  append_tag(out, field, Type::bytes);
  append_bytes(out, message);
}

std::string text_value(std::string_view text) {
  std::string value;
  append_message(value, 1, text);
  return value;
}

/// The value stands at the end.
void append_attribute(std::string& out, int field, std::string_view key, std::string_view value) {
  std::string pair;
  append_message(pair, 1, key);
  append_message(pair, 2, value);
  append_message(out, field, pair);
}

void append_value_place(std::string& out, int field, std::string_view key,
                        std::vector<std::uint32_t>& places) {
  append_attribute(out, field, key, text_value(std::string(kValueSize, '-')));
  places.push_back(place(out) - static_cast<std::uint32_t>(kValueSize));
}

std::uint32_t append_id(std::string& out, int field, std::size_t size) {
  append_message(out, field, std::string(size, '\1'));
  return place(out) - static_cast<std::uint32_t>(size);
}

std::uint32_t append_time(std::string& out, int field) {
  append_tag(out, field, Type::fixed64);
  append_fixed(out, 0, 8);
  return place(out) - 8;
}

void append_event(SpanForm& span) {
  constexpr int kEvents = 11;
  std::string event;
  std::vector<std::uint32_t> values;
  const std::uint32_t time = append_time(event, 1);
  append_message(event, 2, kEventName);
  append_value_place(event, 3, kEventKey, values);
  append_message(span.bytes, kEvents, event);
  const std::uint32_t begin = place(span.bytes) - place(event);
  span.event_times.push_back(begin + time);
  span.values.push_back(begin + values.front());
}

SpanForm protobuf_span(const SpanShape& shape, bool is_root) {
  constexpr int kName = 5, kKind = 6, kStart = 7, kEnd = 8, kAttributes = 9, kStatus = 15,
                kFlags = 16, kStatusCode = 3;
  SpanForm span;
  std::string& out = span.bytes;
  span.trace_id = append_id(out, 1, sizeof(TraceId));
  span.span_id = append_id(out, 2, sizeof(SpanId));
  if (!is_root) span.parent_id = append_id(out, 4, sizeof(SpanId));
  append_message(out, kName, is_root ? kRootName : kChildName);
  append_tag(out, kKind, Type::varint);
  append_varint(out, static_cast<std::uint64_t>(is_root ? kServerKind : kInternalKind));
  span.start = append_time(out, kStart);
  span.end = append_time(out, kEnd);
  for (int i = 0; i < shape.attributes; ++i) {
    const std::string key = key_at(i);
    if (key != kIntegerKey) {
      append_value_place(out, kAttributes, key, span.values);
      continue;
    }
    std::string integer;
    append_tag(integer, 3, Type::varint);
    append_varint(integer, kInteger);
    append_attribute(out, kAttributes, key, integer);
  }
  for (int i = 0; i < shape.events; ++i) append_event(span);
  std::string status;
  append_tag(status, kStatusCode, Type::varint);
  append_varint(status, 0);  // written although it is the default: so an error is as long
  append_message(out, kStatus, status);
  span.status = place(out) - 1;
  append_tag(out, kFlags, Type::fixed32);
  append_fixed(out, kSpanFlags, 4);
  std::string prefix;
  append_tag(prefix, 2, Type::bytes);
  append_varint(prefix, out.size());
  put_in_front(span, prefix);
  return span;
}

ServiceForm protobuf_service(int number, std::size_t bytes_of_spans) {
  std::string resource, scope, spans_prefix;
  for (const auto& [key, value] : resource_of(number))
    append_attribute(resource, 1, key, text_value(value));
  append_message(scope, 1, kScopeName);
  append_message(scope, 2, kScopeVersion);
  std::string scope_head;
  append_message(scope_head, 1, scope);
  std::string inner;
  append_message(inner, 1, resource);
  append_tag(inner, 2, Type::bytes);
  append_varint(inner, scope_head.size() + bytes_of_spans);
  inner += scope_head;
  ServiceForm service;
  append_tag(service.head, 1, Type::bytes);
  append_varint(service.head, inner.size() + bytes_of_spans);
  service.head += inner;
  return service;
}

// --- JSON

std::string json_attribute(std::string_view key, std::string_view value) {
  return fmt::format(R"({{"key":"{}","value":{}}})", key, value);
}

void append_json_value_place(std::string& out, std::string_view key,
                             std::vector<std::uint32_t>& places) {
  constexpr std::uint32_t kBehind = 3;  // of the value: "}}
  out +=
      json_attribute(key, fmt::format(R"({{"stringValue":"{}"}})", std::string(kValueSize, '-')));
  places.push_back(place(out) - kBehind - static_cast<std::uint32_t>(kValueSize));
}

std::uint32_t append_json_text(std::string& out, std::string_view key, std::string_view text) {
  out += fmt::format(R"("{}":")", key);
  const std::uint32_t at = place(out);
  out += fmt::format(R"({}",)", text);
  return at;
}

SpanForm json_span(const SpanShape& shape, bool is_root) {
  SpanForm span;
  std::string& out = span.bytes;
  out = ",{";  // of the first, a blank takes the comma's place
  span.trace_id = append_json_text(out, "traceId", std::string(2 * sizeof(TraceId), '1'));
  span.span_id = append_json_text(out, "spanId", std::string(2 * sizeof(SpanId), '1'));
  if (!is_root)
    span.parent_id = append_json_text(out, "parentSpanId", std::string(2 * sizeof(SpanId), '1'));
  append_json_text(out, "name", is_root ? kRootName : kChildName);
  out += fmt::format(R"("kind":{},)", is_root ? kServerKind : kInternalKind);
  span.start = append_json_text(out, "startTimeUnixNano", kSomeTime);
  span.end = append_json_text(out, "endTimeUnixNano", kSomeTime);
  out += R"("attributes":[)";
  for (int i = 0; i < shape.attributes; ++i) {
    if (i > 0) out += ',';
    const std::string key = key_at(i);
    if (key == kIntegerKey) {
      out += json_attribute(key, fmt::format(R"({{"intValue":"{}"}})", kInteger));
    } else {
      append_json_value_place(out, key, span.values);
    }
  }
  out += "],";
  if (shape.events > 0) out += R"("events":[)";
  for (int i = 0; i < shape.events; ++i) {
    out += i > 0 ? ",{" : "{";
    span.event_times.push_back(append_json_text(out, "timeUnixNano", kSomeTime));
    append_json_text(out, "name", kEventName);
    out += R"("attributes":[)";
    append_json_value_place(out, kEventKey, span.values);
    out += "]}";
  }
  if (shape.events > 0) out += "],";
  out += R"("status":{"code":)";
  span.status = place(out);
  out += fmt::format(R"(0}},"flags":{}}})", kSpanFlags);
  return span;
}

ServiceForm json_service(int number) {
  ServiceForm service;
  std::string attributes;
  for (const auto& [key, value] : resource_of(number)) {
    if (!attributes.empty()) attributes += ',';
    attributes += json_attribute(key, fmt::format(R"({{"stringValue":"{}"}})", value));
  }
  service.head = fmt::format(
      R"({}{{"resource":{{"attributes":[{}]}},"scopeSpans":[{{"scope":{{"name":"{}","version":"{}"}},"spans":[)",
      number > 0 ? "," : "", attributes, kScopeName, kScopeVersion);
  service.foot = "]}]}";
  return service;
}

/// How many of the spans [from, to) are the first of their trace.
int roots_among(const SpanShape& shape, int from, int to) {
  int roots = 0, first = 0;
  for (int t = 0; first < to; ++t) {
    roots += first >= from ? 1 : 0;
    first += carried_spans(shape.spans, traces_of(shape), t);
  }
  return roots;
}

}  // namespace

BodyForm make_body_form(const SpanShape& shape, bool as_json) {
  BodyForm form;
  form.is_json = as_json;
  form.shape = shape;
  form.root = as_json ? json_span(shape, true) : protobuf_span(shape, true);
  form.child = as_json ? json_span(shape, false) : protobuf_span(shape, false);
  if (as_json) {
    form.head = R"({"resourceSpans":[)";
    form.foot = "]}";
  }
  form.size = form.head.size() + form.foot.size();
  const int services = std::min(shape.services, shape.spans);
  for (int s = 0, first = 0; s < services; ++s) {
    const int spans = carried_spans(shape.spans, services, s);
    const auto roots = static_cast<std::size_t>(roots_among(shape, first, first + spans));
    const std::size_t bytes = roots * form.root.bytes.size() +
                              (static_cast<std::size_t>(spans) - roots) * form.child.bytes.size();
    form.services.push_back(as_json ? json_service(s) : protobuf_service(s, bytes));
    ServiceForm& service = form.services.back();
    service.spans = spans;
    form.size += service.head.size() + bytes + service.foot.size();
    first += spans;
  }
  return form;
}

}  // namespace tracetax

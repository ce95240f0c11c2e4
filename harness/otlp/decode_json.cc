// A SAX handler over nlohmann's parser: a stack of places in the OTLP structure, and one table that
// says which member may stand where. No document is built, so deep or wide input costs no memory.
// SPDX-License-Identifier: Apache-2.0
#include "harness/otlp/decode_json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "harness/core/receipt/span_marks.h"
#include "harness/core/text/quote.h"
#include "harness/otlp/decode.h"

namespace tracetax {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kOtlpStatusError = 2;

/// Where the parser is: inside which object or list. `anything`: in something that is skipped.
enum class Place : std::uint8_t {
  outside,
  request,
  resource_list,
  resource,
  resource_facts,
  attribute_list,
  attribute,
  attribute_value,
  scope_list,
  scope,
  span_list,
  span,
  span_attributes,
  span_attribute,
  span_value,
  span_events,
  span_links,
  span_link,
  status,
  anything,
};

enum class Value : std::uint8_t {
  any,
  list,
  object,
  text,
  name,
  kind,
  status_code,
  dropped,
  trace_id,
  span_id,
  parent_id,
  start,
  end,
  attribute_key,
  attribute_text,
  seen_key,  // of a span's attribute: looked at, whatever it is
  seen_value,
  link_trace,  // the same
  link_span,
};

struct Member {
  Place in;
  std::string_view name;
  Value value;
  Place opens = Place::anything;  // for lists and objects
};

constexpr Member kMembers[] = {
    {Place::span, "traceId", Value::trace_id},
    {Place::span, "spanId", Value::span_id},
    {Place::span, "parentSpanId", Value::parent_id},
    {Place::span, "startTimeUnixNano", Value::start},
    {Place::span, "endTimeUnixNano", Value::end},
    {Place::span, "name", Value::name},
    {Place::span, "kind", Value::kind},
    {Place::span, "droppedAttributesCount", Value::dropped},
    {Place::span, "droppedEventsCount", Value::dropped},
    {Place::span, "droppedLinksCount", Value::dropped},
    {Place::span, "attributes", Value::list, Place::span_attributes},
    {Place::span, "events", Value::list, Place::span_events},
    {Place::span, "links", Value::list, Place::span_links},
    {Place::span_link, "traceId", Value::link_trace},
    {Place::span_link, "spanId", Value::link_span},
    {Place::span, "status", Value::object, Place::status},
    {Place::status, "code", Value::status_code},
    {Place::span_attribute, "key", Value::seen_key},
    {Place::span_attribute, "value", Value::any, Place::span_value},
    {Place::span_value, "stringValue", Value::seen_value},
    {Place::span_value, "intValue", Value::seen_value},
    {Place::span, "traceState", Value::text},
    {Place::scope, "spans", Value::list, Place::span_list},
    {Place::scope, "scope", Value::object},
    {Place::scope, "schemaUrl", Value::text},
    {Place::resource, "scopeSpans", Value::list, Place::scope_list},
    {Place::resource, "resource", Value::object, Place::resource_facts},
    {Place::resource_facts, "attributes", Value::list, Place::attribute_list},
    {Place::attribute, "key", Value::attribute_key},
    {Place::attribute, "value", Value::object, Place::attribute_value},
    {Place::attribute_value, "stringValue", Value::attribute_text},
    {Place::resource, "schemaUrl", Value::text},
    {Place::request, "resourceSpans", Value::list, Place::resource_list},
};
constexpr Member kAnyMember{Place::anything, "", Value::any};
constexpr Member kSpanAttribute{Place::span_attributes, "", Value::any, Place::span_attribute};
constexpr Member kSpanLink{Place::span_links, "", Value::any, Place::span_link};
// What an element of a list must be, and the document itself.
constexpr Member kRequest{Place::outside, "the payload", Value::object, Place::request};
constexpr Member kResource{Place::resource_list, "an element of resourceSpans", Value::object,
                           Place::resource};
constexpr Member kAttribute{Place::attribute_list, "an element of attributes", Value::object,
                            Place::attribute};
constexpr Member kScope{Place::scope_list, "an element of scopeSpans", Value::object, Place::scope};
constexpr Member kSpan{Place::span_list, "an element of spans", Value::object, Place::span};

[[nodiscard]] std::string_view wanted(Value value) {
  switch (value) {
    case Value::any:
    case Value::status_code:
    case Value::dropped:
    case Value::seen_key:
    case Value::seen_value:
    case Value::link_trace:
    case Value::link_span:
      return "anything";
    case Value::list:
      return "a list";
    case Value::object:
      return "an object";
    case Value::text:
    case Value::attribute_key:
    case Value::attribute_text:
    case Value::name:
      return "a string";
    case Value::kind:
      return "an integer (OTLP/JSON has no enum names)";
    case Value::start:
    case Value::end:
      return "nanoseconds, as a decimal string or an integer from 0 to 2^64-1";
    case Value::trace_id:
      return "32 hex digits, not all zero";
    case Value::span_id:
      return "16 hex digits, not all zero";
    case Value::parent_id:
      return "16 hex digits or empty";
  }
  return "";
}

/// Nothing rests on it but marks, so that it may be of any type.
[[nodiscard]] bool takes_anything(Value value) {
  return value == Value::any || value == Value::status_code || value == Value::dropped ||
         value == Value::seen_key || value == Value::seen_value || value == Value::link_trace ||
         value == Value::link_span;
}

[[nodiscard]] std::optional<std::uint64_t> parse_u64(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

/// The interface is nlohmann's (names, order and `true` for "go on" are its rules).
class SpanReader {
 public:
  SpanReader(std::uint64_t arrived_unix_ns, std::vector<SpanSeen>& out, const NamesSeen& names)
      : arrived_unix_ns_(arrived_unix_ns), out_(out), names_(names) {}

  bool null() {
    // As a member null means "absent"; a list of messages, or the payload, cannot be made of it.
    const bool element = in_ == Place::outside || in_ == Place::resource_list ||
                         in_ == Place::scope_list || in_ == Place::span_list ||
                         in_ == Place::attribute_list;
    return !element || refuse(expected(), "null");
  }
  bool boolean(bool value) { return scalar(value ? "true" : "false"); }
  bool number_integer(Json::number_integer_t value) {
    return number(std::nullopt, std::to_string(value));
  }
  bool number_unsigned(Json::number_unsigned_t value) {
    return number(value, std::to_string(value));
  }
  bool number_float(Json::number_float_t value, const std::string& written) {
    // JSON has one kind of number: 1.5e9 is an integer too.
    const bool whole = value >= 0 && value < 0x1p64 && std::trunc(value) == value;
    if (whole) return number(static_cast<std::uint64_t>(value), written);
    return scalar(written);
  }
  bool string(const std::string& value);
  bool binary(const Json::binary_t&) { return scalar("binary data"); }

  bool start_object(std::size_t) { return open(Value::object, "an object"); }
  bool end_object();
  bool start_array(std::size_t) { return open(Value::list, "a list"); }
  bool end_array() { return close(); }
  bool key(const std::string& name);

  bool parse_error(std::size_t, const std::string&, const Json::exception& error) {
    // The library's text starts with "[json.exception.parse_error.101] ", which helps nobody.
    const std::string_view text = error.what();
    const std::size_t start = text.find("] ");
    error_ = text.substr(start == std::string_view::npos ? 0 : start + 2);
    return false;
  }
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  /// The rule for the value that comes next.
  [[nodiscard]] const Member& expected() const {
    switch (in_) {
      case Place::outside:
        return kRequest;
      case Place::resource_list:
        return kResource;
      case Place::attribute_list:
        return kAttribute;
      case Place::scope_list:
        return kScope;
      case Place::span_list:
        return kSpan;
      case Place::span_attributes:
        return kSpanAttribute;
      case Place::span_events:
        return kAnyMember;
      case Place::span_links:
        return kSpanLink;
      default:
        return member_ == nullptr ? kAnyMember : *member_;
    }
  }
  bool number(std::optional<std::uint64_t> value, const std::string& written);
  bool set_nanos(const Member& member, std::optional<std::uint64_t> value,
                 const std::string& written);
  /// A value that only an ignored member may have.
  bool scalar(const std::string& written) {
    return takes_anything(expected().value) || refuse(expected(), written);
  }
  bool open(Value kind, const char* described);
  bool close();
  void end_attribute();
  void keep_count();
  bool end_span();
  bool refuse(const Member& member, const std::string& found);
  static void count(std::uint16_t& number) {
    if (number < std::numeric_limits<std::uint16_t>::max()) ++number;
  }

  const std::uint64_t arrived_unix_ns_;
  std::vector<SpanSeen>& out_;
  const NamesSeen& names_;
  std::size_t resource_begin_ = 0;    // in out_, of the resource being read
  std::string service_, key_, text_;  // of that resource; of the attribute being read
  std::int64_t number_ = 0;           // the same, where it is no text
  std::vector<Place> outer_;          // the places around in_
  Place in_ = Place::outside;
  const Member* member_ = nullptr;  // of the last key; none: an ignored one, or in a list
  SpanSeen span_;
  // Of that span:
  SpanMarks marks_;
  std::string name_, route_;
  SeenKind kind_ = SeenKind::unspecified;
  bool error_status_ = false, truncated_ = false;
  SeenLink link_;  // the one that is being read
  std::uint64_t spans_ = 0;
  std::string error_;
};

bool SpanReader::string(const std::string& value) {
  const Member& member = expected();
  switch (member.value) {
    case Value::any:
    case Value::text:
    case Value::status_code:
    case Value::dropped:
      return true;
    case Value::name:
      name_ = value;
      return true;
    case Value::attribute_key:
    case Value::seen_key:
      key_ = value;
      return true;
    case Value::attribute_text:
    case Value::seen_value:
      text_ = value;
      return true;
    case Value::link_trace:
      link_.trace_id = trace_id_from_hex(value).value_or(TraceId{});
      return true;
    case Value::link_span:
      link_.span_id = span_id_from_hex(value).value_or(SpanId{});
      return true;
    case Value::start:
    case Value::end:
      return set_nanos(member, parse_u64(value), quote(value));
    case Value::trace_id: {
      const auto id = trace_id_from_hex(value);
      if (!id || !id->valid()) return refuse(member, quote(value));
      span_.trace_id = *id;
      return true;
    }
    case Value::span_id:
    case Value::parent_id: {
      const bool is_parent = member.value == Value::parent_id;
      if (is_parent && value.empty()) return true;
      const auto id = span_id_from_hex(value);
      if (!id || (!is_parent && !id->valid())) return refuse(member, quote(value));
      (is_parent ? span_.parent_span_id : span_.span_id) = *id;
      return true;
    }
    default:
      return refuse(member, quote(value));
  }
}

bool SpanReader::number(std::optional<std::uint64_t> value, const std::string& written) {
  const Member& member = expected();
  if (member.value == Value::kind) kind_ = seen_kind(value.value_or(0));
  if (member.value == Value::kind || takes_anything(member.value)) {
    if (member.value == Value::status_code) error_status_ = value == kOtlpStatusError;
    if (member.value == Value::dropped) truncated_ = truncated_ || value.value_or(0) > 0;
    if (member.value == Value::seen_value) number_ = static_cast<std::int64_t>(value.value_or(0));
    return true;
  }
  if (member.value == Value::start || member.value == Value::end)
    return set_nanos(member, value, written);
  return refuse(member, written);
}

bool SpanReader::set_nanos(const Member& member, std::optional<std::uint64_t> value,
                           const std::string& written) {
  if (!value) return refuse(member, written);
  (member.value == Value::start ? span_.start_unix_ns : span_.end_unix_ns) = *value;
  return true;
}

bool SpanReader::key(const std::string& name) {
  member_ = nullptr;
  if (in_ == Place::anything) return true;
  for (const Member& member : kMembers) {
    if (member.in == in_ && member.name == name) member_ = &member;
  }
  return true;
}

bool SpanReader::open(Value kind, const char* described) {
  const Member& member = expected();
  if (!takes_anything(member.value) && member.value != kind) return refuse(member, described);
  if (outer_.size() >= kOtlpMaxDepth) {
    error_ = fmt::format("nested deeper than {} levels", kOtlpMaxDepth);
    return false;
  }
  if (in_ == Place::span_attributes) count(span_.attributes);
  if (in_ == Place::span_events) count(span_.events);
  outer_.push_back(in_);
  in_ = member.opens;
  member_ = nullptr;
  if (in_ == Place::span) {
    span_ = SpanSeen{};
    span_.arrived_unix_ns = arrived_unix_ns_;
    marks_ = SpanMarks{};
    name_.clear();
    kind_ = SeenKind::unspecified;
    error_status_ = truncated_ = false;
  } else if (in_ == Place::span_link) {
    link_ = {static_cast<std::uint32_t>(out_.size()), {}, {}};
  } else if (in_ == Place::attribute || in_ == Place::span_attribute) {
    key_.clear();
    text_.clear();
    number_ = 0;
  } else if (in_ == Place::resource) {
    service_.clear();
    resource_begin_ = out_.size();
  }
  return true;
}

bool SpanReader::close() {
  in_ = outer_.back();
  outer_.pop_back();
  member_ = nullptr;
  return true;
}

void SpanReader::end_attribute() {
  if (names_.facts != nullptr && key_ == kRequestsKey) keep_count();
  if (is_route_key(key_)) {
    route_ = text_;  // outlives this attribute
    marks_.see(key_, route_);
  } else if (text_.empty()) {
    marks_.see(key_, number_);
  } else {
    marks_.see(key_, text_);
  }
}

/// An integer, which OTLP/JSON has as a text too.
void SpanReader::keep_count() {
  const auto written = text_.empty()
                           ? static_cast<std::uint64_t>(std::max<std::int64_t>(number_, 0))
                           : parse_u64(text_).value_or(0);
  if (written > 0)
    names_.facts->counts.push_back({static_cast<std::uint32_t>(out_.size()), written});
}

bool SpanReader::end_span() {
  if (!span_.trace_id.valid()) return refuse(kMembers[0], "absent");
  if (!span_.span_id.valid()) return refuse(kMembers[1], "absent");
  span_.marks = marks_.marks(kind_, name_, error_status_, truncated_);
  keep_raw_path(span_, name_, names_.raw_path);
  if (names_.facts != nullptr) span_.name = names_.facts->names.index_of(name_);
  out_.push_back(span_);
  ++spans_;
  return true;
}

bool SpanReader::end_object() {
  if (in_ == Place::span) {
    if (!end_span()) return false;
  } else if (in_ == Place::span_attribute) {
    end_attribute();
  } else if (in_ == Place::span_link) {
    const bool whole = link_.trace_id.valid() && link_.span_id.valid();
    if (whole && names_.facts != nullptr) names_.facts->links.push_back(link_);
  } else if (in_ == Place::attribute && key_ == kServiceName) {
    service_ = text_;
  } else if (in_ == Place::resource && names_.services != nullptr) {
    // Only now, for the members may stand in any order.
    const std::uint32_t service = names_.services->index_of(service_);
    for (std::size_t i = resource_begin_; i < out_.size(); ++i) out_[i].service = service;
  }
  return close();
}

bool SpanReader::refuse(const Member& member, const std::string& found) {
  const bool in_span = in_ == Place::span || in_ == Place::span_list;
  error_ = fmt::format("{}{} must be {}; it is {}", in_span ? fmt::format("span {}: ", spans_) : "",
                       member.name, wanted(member.value), found);
  return false;
}

}  // namespace

Status decode_json_spans(std::string_view body, std::uint64_t arrived_unix_ns,
                         std::vector<SpanSeen>& out, const NamesSeen& names) {
  SpanReader reader(arrived_unix_ns, out, names);
  try {
    if (Json::sax_parse(body.begin(), body.end(), &reader)) return {};
  } catch (const Json::exception& error) {
    return failure(ExitCode::usage, fmt::format("JSON: {}", error.what()));
  }
  return failure(ExitCode::usage, fmt::format("JSON: {}", reader.error()));
}

}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/trace/context_formats.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <system_error>

#include "harness/core/text/url_parts.h"

namespace tracetax {
namespace {

constexpr std::size_t kTraceDigits = 32;
constexpr std::size_t kHalfTraceDigits = 16;
constexpr std::size_t kSpanDigits = 16;
constexpr std::size_t kBinarySize = 29;

bool has_upper(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return c >= 'A' && c <= 'F'; });
}

/// Exactly as many digits as an id has, in lower case, not all of them zero.
std::optional<TraceId> trace_id_of(std::string_view hex) {
  const auto id = has_upper(hex) ? std::nullopt : trace_id_from_hex(hex);
  return id && id->valid() ? id : std::nullopt;
}
std::optional<SpanId> span_id_of(std::string_view hex) {
  const auto id = has_upper(hex) ? std::nullopt : span_id_from_hex(hex);
  return id && id->valid() ? id : std::nullopt;
}

std::string padded(std::string_view hex, std::size_t digits) {
  return std::string(digits - std::min(digits, hex.size()), '0').append(hex);
}

/// Half a trace id stands for one with zeros before it.
std::optional<TraceContext> context_of(std::string_view trace, std::string_view span,
                                       bool sampled) {
  const auto trace_id = trace.size() == kHalfTraceDigits ? trace_id_of(padded(trace, kTraceDigits))
                                                         : trace_id_of(trace);
  const auto span_id = span_id_of(span);
  if (!trace_id || !span_id) return std::nullopt;
  return TraceContext{*trace_id, *span_id, sampled ? kSampledFlag : std::uint8_t{0}};
}

/// Zipkin's older libraries wrote "true" and "false". Nothing: neither yes nor no, and not empty.
std::optional<bool> sampled_of(std::string_view text) {
  std::string lower(text.substr(0, 6));
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (lower == "1" || lower == "true") return true;
  if (lower.empty() || lower == "0" || lower == "false") return false;
  return std::nullopt;
}

}  // namespace

B3Context parse_b3(std::string_view header) {
  std::string_view trace;
  std::string_view span;
  std::string_view sampling;
  if (header.size() == 1) {
    sampling = header;
  } else {
    if (header.size() < kHalfTraceDigits + 1 + kSpanDigits) return {};
    trace = header.substr(0, header[kHalfTraceDigits] == '-' ? kHalfTraceDigits : kTraceDigits);
    std::string_view rest = header.substr(trace.size());
    if (!rest.starts_with('-') || rest.size() < 1 + kSpanDigits) return {};
    span = rest.substr(1, kSpanDigits);
    rest.remove_prefix(1 + kSpanDigits);
    if (!rest.empty()) {
      constexpr std::size_t kWithParent = 3 + kSpanDigits;  // "-1-" and the parent
      if (rest.size() != 2 && rest.size() != kWithParent) return {};
      if (rest.size() == kWithParent && !span_id_of(rest.substr(3))) return {};
      sampling = rest.substr(1, 1);
    }
  }
  if (!sampling.empty() && sampling != "0" && sampling != "1" && sampling != "d") return {};
  B3Context b3{.context = std::nullopt, .debug = sampling == "d"};
  const bool sampled = b3.debug || sampling == "1";
  if (!trace.empty()) b3.context = context_of(trace, span, sampled);
  if (!trace.empty() && !b3.context) return {};
  b3.deferred = b3.context && sampling.empty();
  return b3;
}

B3Context parse_b3(const B3Headers& headers) {
  const auto sampled = sampled_of(headers.sampled);
  if (!sampled) return {};
  // The debug flag decides, whatever X-B3-Sampled says.
  B3Context b3{.context = std::nullopt, .debug = headers.flags == "1"};
  if (headers.trace_id.empty() || headers.span_id.empty()) return b3;
  if (!headers.parent_span_id.empty() && !span_id_of(headers.parent_span_id)) return b3;
  b3.context = context_of(headers.trace_id, headers.span_id, *sampled || b3.debug);
  b3.deferred = b3.context && headers.sampled.empty() && !b3.debug;
  return b3;
}

std::string_view b3_sampling(const B3Context& b3) {
  if (b3.debug) return "d";
  if (b3.deferred) return "";
  return b3.context && b3.context->sampled() ? "1" : "0";
}

std::string format_b3(const B3Context& b3) {
  std::string text;
  if (b3.context) text = to_hex(b3.context->trace_id) + "-" + to_hex(b3.context->span_id);
  const std::string_view sampling = b3_sampling(b3);
  if (!text.empty() && !sampling.empty()) text += '-';
  return text.append(sampling);
}

std::optional<JaegerContext> parse_jaeger(std::string_view header) {
  std::string decoded;
  if (header.find('%') != std::string_view::npos) {
    if (!decode_percent(header, decoded)) return std::nullopt;
    header = decoded;
  }
  std::array<std::string_view, 4> parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto colon = header.find(':');
    const bool last = i + 1 == parts.size();
    if (last != (colon == std::string_view::npos)) return std::nullopt;
    parts[i] = header.substr(0, colon);
    header = last ? std::string_view{} : header.substr(colon + 1);
  }
  const auto& [trace, span, parent, flag_text] = parts;
  std::uint64_t flags = 0;
  const auto [end, error] =
      std::from_chars(flag_text.data(), flag_text.data() + flag_text.size(), flags, 16);
  const bool has_flags = error == std::errc{} && end == flag_text.data() + flag_text.size();
  if (!has_flags && !flag_text.empty()) return std::nullopt;
  const auto context =
      context_of(padded(trace, kTraceDigits), padded(span, kSpanDigits), (flags & 1) != 0);
  if (!context) return std::nullopt;
  return JaegerContext{*context, (flags & 3) == 3};
}

std::string format_jaeger(const JaegerContext& jaeger) {
  const char flags = jaeger.debug ? '3' : jaeger.context.sampled() ? '1' : '0';
  // The parent's id is deprecated.
  return to_hex(jaeger.context.trace_id) + ":" + to_hex(jaeger.context.span_id) + ":0:" + flags;
}

std::optional<TraceContext> parse_xray(std::string_view header) {
  TraceContext context;
  while (!header.empty()) {
    const auto end = header.find(';');
    std::string_view part = header.substr(0, end);
    header = end == std::string_view::npos ? std::string_view{} : header.substr(end + 1);
    if (header.empty()) {  // white space is allowed around the last part only, as in Go
      part.remove_prefix(std::min(part.find_first_not_of(" \t"), part.size()));
      part = part.substr(0, part.find_last_not_of(" \t") + 1);
    }
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view value = part.substr(equals + 1);
    if (part.starts_with("Root")) {
      if (value.size() != 35 || !value.starts_with("1-") || value[10] != '-') return std::nullopt;
      const auto id = trace_id_of(std::string(value.substr(2, 8)).append(value.substr(11)));
      if (!id) return std::nullopt;
      context.trace_id = *id;
    } else if (part.starts_with("Parent")) {
      const auto id = span_id_of(value);
      if (!id) return std::nullopt;
      context.span_id = *id;
    } else if (part.starts_with("Sampled")) {
      context.flags = value == "1" ? kSampledFlag : std::uint8_t{0};
    }
  }
  if (!context.trace_id.valid() || !context.span_id.valid()) return std::nullopt;
  return context;
}

std::string format_xray(const TraceContext& context) {
  const std::string trace = to_hex(context.trace_id);
  return "Root=1-" + trace.substr(0, 8) + "-" + trace.substr(8) +
         ";Parent=" + to_hex(context.span_id) + ";Sampled=" + (context.sampled() ? "1" : "0");
}

std::optional<TraceContext> parse_ot(std::string_view trace_id, std::string_view span_id,
                                     std::string_view sampled) {
  const auto is_sampled = sampled_of(sampled);
  return is_sampled ? context_of(trace_id, span_id, *is_sampled) : std::nullopt;
}

std::optional<TraceContext> parse_grpc_binary(std::string_view bytes) {
  if (bytes.size() != kBinarySize || bytes[0] != 0 || bytes[1] != 0 || bytes[18] != 1 ||
      bytes[27] != 2) {
    return std::nullopt;
  }
  TraceContext context;
  std::ranges::copy(bytes.substr(2, 16), context.trace_id.bytes.begin());
  std::ranges::copy(bytes.substr(19, 8), context.span_id.bytes.begin());
  context.flags = static_cast<std::uint8_t>(bytes[28]);
  if (!context.trace_id.valid() || !context.span_id.valid()) return std::nullopt;
  return context;
}

std::string format_grpc_binary(const TraceContext& context) {
  std::string bytes(kBinarySize, '\0');
  std::ranges::copy(context.trace_id.bytes, bytes.begin() + 2);
  bytes[18] = 1;
  std::ranges::copy(context.span_id.bytes, bytes.begin() + 19);
  bytes[27] = 2;
  bytes[28] = static_cast<char>(context.flags);
  return bytes;
}

}  // namespace tracetax

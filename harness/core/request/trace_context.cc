// SPDX-License-Identifier: Apache-2.0
#include "harness/core/request/trace_context.h"

#include <cstring>
#include <span>

namespace tracetax {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

// 0-15, or -1. The header allows lower case only; OTLP JSON allows both.
constexpr int hex_value(char c, bool upper_allowed) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (upper_allowed && c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool read_hex(std::string_view hex, std::span<std::uint8_t> out, bool upper_allowed) noexcept {
  if (hex.size() != out.size() * 2) return false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = hex_value(hex[2 * i], upper_allowed);
    const int low = hex_value(hex[2 * i + 1], upper_allowed);
    if (high < 0 || low < 0) return false;
    out[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return true;
}

char* write_digits(std::span<const std::uint8_t> bytes, char* out) noexcept {
  for (const std::uint8_t byte : bytes) {
    *out++ = kHexDigits[byte >> 4];
    *out++ = kHexDigits[byte & 0xf];
  }
  return out;
}

}  // namespace

std::optional<TraceContext> parse_traceparent(std::string_view value) noexcept {
  if (value.size() < kTraceparentSize) return std::nullopt;
  std::uint8_t version = 0;
  if (!read_hex(value.substr(0, 2), {&version, 1}, false) || version == 0xff) return std::nullopt;
  if (value.size() > kTraceparentSize && (version == 0 || value[kTraceparentSize] != '-')) {
    return std::nullopt;
  }
  if (value[2] != '-' || value[35] != '-' || value[52] != '-') return std::nullopt;
  TraceContext context;
  if (!read_hex(value.substr(3, 32), context.trace_id.bytes, false) ||
      !read_hex(value.substr(36, 16), context.span_id.bytes, false) ||
      !read_hex(value.substr(53, 2), {&context.flags, 1}, false)) {
    return std::nullopt;
  }
  if (!context.trace_id.valid() || !context.span_id.valid()) return std::nullopt;
  return context;
}

void write_traceparent(const TraceContext& context, char* out) noexcept {
  std::memcpy(out, "00-", 3);
  out = write_hex(context.trace_id, out + 3);
  *out++ = '-';
  out = write_hex(context.span_id, out);
  *out++ = '-';
  write_digits({&context.flags, 1}, out);
}

std::string format_traceparent(const TraceContext& context) {
  std::string text(kTraceparentSize, '\0');
  write_traceparent(context, text.data());
  return text;
}

char* write_hex(const TraceId& id, char* out) noexcept { return write_digits(id.bytes, out); }

char* write_hex(const SpanId& id, char* out) noexcept { return write_digits(id.bytes, out); }

std::string to_hex(const TraceId& id) {
  std::string text(32, '\0');
  write_hex(id, text.data());
  return text;
}

std::string to_hex(const SpanId& id) {
  std::string text(16, '\0');
  write_hex(id, text.data());
  return text;
}

std::optional<TraceId> trace_id_from_hex(std::string_view hex) noexcept {
  TraceId id;
  if (!read_hex(hex, id.bytes, true)) return std::nullopt;
  return id;
}

std::optional<SpanId> span_id_from_hex(std::string_view hex) noexcept {
  SpanId id;
  if (!read_hex(hex, id.bytes, true)) return std::nullopt;
  return id;
}

}  // namespace tracetax

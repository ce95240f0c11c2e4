// W3C Trace Context (Level 2, https://www.w3.org/TR/trace-context-2/): the traceparent header as a
// value, its parser and its fixed-width printer. tracestate is carried by nobody here.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tracetax {

struct TraceId {
  std::array<std::uint8_t, 16> bytes{};
  [[nodiscard]] bool valid() const noexcept { return *this != TraceId{}; }
  friend auto operator<=>(const TraceId&, const TraceId&) = default;
};

struct SpanId {
  std::array<std::uint8_t, 8> bytes{};
  [[nodiscard]] bool valid() const noexcept { return *this != SpanId{}; }
  friend auto operator<=>(const SpanId&, const SpanId&) = default;
};

inline constexpr std::uint8_t kSampledFlag = 0x01;
/// "00-" + 32 + "-" + 16 + "-" + 2
inline constexpr std::size_t kTraceparentSize = 55;

struct TraceContext {
  TraceId trace_id;
  SpanId span_id;
  std::uint8_t flags = 0;
  [[nodiscard]] bool sampled() const noexcept { return (flags & kSampledFlag) != 0; }
  friend bool operator==(const TraceContext&, const TraceContext&) = default;
};

/// The context in a traceparent value, or nothing when the rules say to start a new trace:
/// upper-case hex, all-zero ids, version ff, wrong length for version 00. Of a higher version the
/// first 55 characters count, if the next one is absent or a dash.
[[nodiscard]] std::optional<TraceContext> parse_traceparent(std::string_view value) noexcept;

/// Writes exactly kTraceparentSize characters, version 00, at `out`. Never fails; see
/// BM_PatchTraceparent.
void write_traceparent(const TraceContext& context, char* out) noexcept;
[[nodiscard]] std::string format_traceparent(const TraceContext& context);

[[nodiscard]] std::string to_hex(const TraceId& id);
[[nodiscard]] std::string to_hex(const SpanId& id);
/// The same at `out`, in lower case; returns where it ends.
char* write_hex(const TraceId& id, char* out) noexcept;
char* write_hex(const SpanId& id, char* out) noexcept;
/// Exactly 32 (or 16) hex digits of either case, as OTLP JSON writes ids.
[[nodiscard]] std::optional<TraceId> trace_id_from_hex(std::string_view hex) noexcept;
[[nodiscard]] std::optional<SpanId> span_id_from_hex(std::string_view hex) noexcept;

}  // namespace tracetax

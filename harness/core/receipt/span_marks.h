// What a look at a span's name, kind, status and attributes found, in 16 bits (SpanSeen::marks), so
// that no text has to be kept of a span. Both decoders feed it. The rules are those of the semantic
// conventions v1.44.0 (HTTP and database: stable; RPC: release candidate).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tracetax {

/// OTLP's numbers. Fits the lowest bits of the marks.
enum class SeenKind : std::uint8_t { unspecified, internal, server, client, producer, consumer };

namespace span_mark {
inline constexpr std::uint16_t kKind = 7;
inline constexpr std::uint16_t kError = 1U << 3U;  // status ERROR
inline constexpr std::uint16_t kTruncated = 1U
                                            << 4U;  // its attributes, events or links are not all
inline constexpr std::uint16_t kRawPathName = 1U << 5U;
inline constexpr std::uint16_t kClientErrorMarked = 1U << 6U;  // SERVER, ERROR, and a 4xx answer
inline constexpr unsigned kOldNameShift = 8;                   // 5 bits: see old_name_of()
inline constexpr std::uint16_t kOldName = 31U << kOldNameShift;
}  // namespace span_mark

[[nodiscard]] SeenKind kind_of(std::uint16_t marks);
/// OTLP's number; one that it does not have is `unspecified`.
[[nodiscard]] SeenKind seen_kind(std::uint64_t number);

/// An attribute of older conventions, and what stands in its place today.
struct OldName {
  std::string_view old, today;
};
/// At most 31. Where a span has several, the first of this list is told.
[[nodiscard]] std::span<const OldName> old_names();
/// The one that these marks tell, or nullptr. A span that has today's names too (as
/// OTEL_SEMCONV_STABILITY_OPT_IN=http/dup makes it) has none.
[[nodiscard]] const OldName* old_name_of(std::uint16_t marks);

/// A name that holds a path as it was asked for: "GET /users/42". `route`: http.route or
/// url.template, empty if there is none. Only what can hardly be a route counts: a segment of
/// digits alone, a UUID, 16 hex digits or more, or a query ("?a=b"). A version ("/api/2/") does
/// not, nor what the route says literally.
[[nodiscard]] bool is_raw_path(std::string_view name, std::string_view route);

/// Whether an attribute holds what is_raw_path() takes as `route`.
[[nodiscard]] bool is_route_key(std::string_view key);

/// Of one span, while it is decoded: first its attributes, then marks().
class SpanMarks {
 public:
  /// `value` must outlive this object if is_route_key(key).
  void see(std::string_view key, std::string_view value);
  void see(std::string_view key, std::int64_t value);
  [[nodiscard]] std::uint16_t marks(SeenKind kind, std::string_view name, bool error,
                                    bool truncated) const;

 private:
  bool note(std::string_view key);  // false: it means nothing here

  std::uint32_t old_ = 0;   // a bit for each of old_names()
  std::uint8_t today_ = 0;  // a bit for each family that has today's names
  bool http_ = false;
  std::int64_t status_ = 0;
  std::string_view route_;
};

}  // namespace tracetax

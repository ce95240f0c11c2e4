// What came of exports of spans: what was sent, and what the receiver said of it. Counted by the
// load engine, kept in the record.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace tracetax {

/// Of one phase, or of a whole segment.
struct OtlpAccount {
  std::uint64_t spans_sent = 0;         // in the requests that were sent
  std::uint64_t spans_accepted = 0;     // answered with success, and not told to be rejected
  std::uint64_t spans_rejected = 0;     // told so by partial successes
  std::uint64_t partial_successes = 0;  // answers that told of rejected spans
  std::uint64_t warnings = 0;           // answers that rejected none and yet had a message
  /// Answers after which an exporter would send again, by kind as ErrorCounts has them. They are
  /// among the errors; the load engine sends nothing again.
  std::map<std::string, std::uint64_t> retryable;
  std::uint64_t bytes_made = 0;    // of the bodies, before compression
  std::uint64_t bytes_packed = 0;  // of the bodies as sent; without compression the same
  std::uint64_t bytes_sent = 0;    // on the sockets (within TLS), headers and framing included
  std::uint64_t making_ns =
      0;                // that the driver took to write and compress the bodies, all threads
  std::string message;  // the first that an answer had, at most 200 bytes; empty: none

  /// How many bytes became one; nothing where nothing was sent.
  [[nodiscard]] std::optional<double> compression_ratio() const;
  /// On the sockets, for each span sent.
  [[nodiscard]] std::optional<double> bytes_per_span() const;

  void merge(const OtlpAccount& other);
  friend bool operator==(const OtlpAccount&, const OtlpAccount&) = default;
};

/// Whether the OTLP specification has a client send again after an error of this kind: 429, 502,
/// 503 and 504 of HTTP; CANCELLED, DEADLINE_EXCEEDED, ABORTED, OUT_OF_RANGE, UNAVAILABLE and
/// DATA_LOSS of gRPC, and RESOURCE_EXHAUSTED, which counts although only an answer with RetryInfo
/// means it. https://opentelemetry.io/docs/specs/otlp/#failures
[[nodiscard]] bool is_retryable(std::string_view error_kind);

}  // namespace tracetax

// One attempt to deliver an encoded batch. Two implementations, HTTP and gRPC; what they have in
// common (encoding, retries, counting) is otlp_exporter.cc.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "targets/tracing/exporter.h"

namespace tracetax {

struct OtlpAttempt {
  enum class Outcome { accepted, retry, refused };
  Outcome outcome = Outcome::refused;
  std::uint64_t rejected = 0;  // accepted: spans that the receiver did not take after all
  std::string problem{};       // what went wrong, in words; accepted: what the receiver has to say
  std::string error{};         // retry, refused: the same in a word, as in ExportResult
  std::chrono::milliseconds asked_wait{0};  // retry: not sooner, says the receiver
};

/// The meaning of a success's body: an ExportTraceServiceResponse in protobuf or JSON, or nothing.
/// Anything else is refused.
[[nodiscard]] OtlpAttempt attempt_of_body(std::string_view body, bool json);

class OtlpTransport {
 public:
  virtual ~OtlpTransport() = default;
  /// Blocks until there is an answer, or until `deadline`. One thread at a time.
  [[nodiscard]] virtual OtlpAttempt send(std::string_view payload, SteadyTime deadline) = 0;
  /// Any thread, once or more: neither the running attempt nor a later one goes on after the first
  /// of these deadlines.
  virtual void limit_to(SteadyTime deadline) noexcept = 0;
};

}  // namespace tracetax

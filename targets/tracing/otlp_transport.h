// One attempt to deliver an encoded batch. Two implementations, HTTP and gRPC; what they have in
// common (encoding, retries, partial success, counting) is otlp_exporter.cc.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "targets/tracing/exporter.h"

namespace tracetax {

struct OtlpAttempt {
  enum class Outcome { accepted, retry, refused };
  Outcome outcome = Outcome::refused;
  std::string body{};                       // accepted: the bytes of an ExportTraceServiceResponse
  std::string problem{};                    // else: what went wrong, in words
  std::chrono::milliseconds asked_wait{0};  // retry: not sooner, says the receiver
};

class OtlpTransport {
 public:
  virtual ~OtlpTransport() = default;
  /// Blocks until there is an answer, or until `deadline`. One thread.
  [[nodiscard]] virtual OtlpAttempt send(std::string_view payload, SteadyTime deadline) = 0;
  /// Any thread, once: neither the running attempt nor a later one goes on after `deadline`.
  virtual void limit_to(SteadyTime deadline) noexcept = 0;
  /// Where the spans go, for messages.
  [[nodiscard]] virtual std::string url() const = 0;
};

}  // namespace tracetax

// Who gets the payloads that the sink's servers take in, and what the senders are then told. No
// sockets here.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/core/receipt/refusals.h"
#include "harness/otlp/decode.h"

namespace tracetax {

/// What the sender of a payload is told.
enum class PayloadAnswer { accepted, malformed, no_room };
struct PayloadVerdict {
  PayloadAnswer answer = PayloadAnswer::accepted;
  std::string message;  // why not
};

/// Called from the servers' threads, each of which may call at any time: it locks what must be
/// locked.
class PayloadReceiver {
 public:
  virtual ~PayloadReceiver() = default;
  /// Whether `bytes` more could be kept, those of unfinished requests included.
  [[nodiscard]] virtual bool has_room(std::size_t bytes) const = 0;
  [[nodiscard]] virtual PayloadVerdict receive(OtlpPayload payload) = 0;
  /// A payload was turned away because there was no room for it; its sender was told to come again.
  virtual void no_room() = 0;
  /// A request or a connection was turned away for another reason (receipt/refusals.h).
  virtual void refused(std::string_view reason) = 0;
  /// A payload of metrics, logs or profiles was taken and thrown away.
  virtual void other_signal() = 0;
};

/// The clock that arrivals are stamped with.
[[nodiscard]] inline std::uint64_t unix_now_ns() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

}  // namespace tracetax

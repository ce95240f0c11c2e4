// The sink that keeps nothing: a receiver of spans to be measured against, or to measure senders
// with. It takes a payload apart only as far as it takes to count its spans.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include "harness/core/text/error.h"
#include "harness/run/sink/payload_receiver.h"
#include "harness/run/sink/sink_doors.h"
#include "harness/run/sink/sink_store.h"

namespace tracetax {

class DiscardingReceiver final : public PayloadReceiver {
 public:
  /// `memory_bytes` bounds what requests that have not yet ended may hold.
  explicit DiscardingReceiver(std::uint64_t memory_bytes) : memory_bytes_(memory_bytes) {}

  [[nodiscard]] bool has_room(std::size_t bytes) const override { return bytes <= memory_bytes_; }
  [[nodiscard]] PayloadVerdict receive(OtlpPayload payload) override;
  void no_room() override { ++refused_; }
  void refused(std::string_view /*reason*/) override { ++refused_; }
  void other_signal() override {}

  struct Counts {
    std::uint64_t spans = 0, payloads = 0, bytes = 0;  // accepted; bytes as they came
    std::uint64_t malformed = 0, refused = 0;          // payloads and requests
  };
  [[nodiscard]] Counts counts() const;

 private:
  const std::uint64_t memory_bytes_;
  std::atomic<std::uint64_t> spans_{0}, payloads_{0}, bytes_{0}, malformed_{0}, refused_{0};
};

struct SinkDiscardOptions {
  DoorsWanted doors;
  std::uint64_t memory_bytes = kSinkMemoryBytes;
  /// Prints {"ready":true,"port":N} at the start and {"tracetax_spans":{...}} at the end, as
  /// targets that count their spans do, in place of the totals: "exported" is what was accepted.
  bool counts = false;
};

/// Runs until SIGINT or SIGTERM, whose handlers it replaces. Totals or counts go to stdout, the
/// addresses to stderr. Error if a port cannot be had.
[[nodiscard]] Status run_sink_discard(const SinkDiscardOptions& options);

}  // namespace tracetax

// One segment's payloads in bounded memory. They are kept raw while the segment runs, and decoded
// to the few facts of each span when asked for afterwards. So receiving hardly disturbs what is
// measured.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <unordered_set>
#include <vector>

#include "harness/core/receipt/receipt.h"
#include "harness/core/receipt/service_names.h"
#include "harness/run/sink/payload_receiver.h"

namespace tracetax {

inline constexpr std::uint64_t kSinkMemoryBytes = 512ULL << 20U;

/// Any thread.
class SinkStore : public PayloadReceiver {
 public:
  /// `memory_bytes` bounds raw payloads and decoded spans together.
  explicit SinkStore(std::uint64_t memory_bytes) : memory_bytes_(memory_bytes) {}

  [[nodiscard]] bool has_room(std::size_t bytes) const override;
  [[nodiscard]] PayloadVerdict receive(OtlpPayload payload) override;
  void refused() override;

  /// Forgets everything: a new segment.
  void begin_segment();
  [[nodiscard]] std::size_t undecoded() const;
  /// Decodes the oldest payload that is not decoded yet. Malformed ones are counted.
  void decode_one();
  /// Among the decoded spans. Told apart by 64 bits of hash, so it may be one too low once in 10^6
  /// segments of 10^6 spans; the receipt compares whole ids.
  [[nodiscard]] std::uint64_t distinct_spans() const;

  /// The account of what has been decoded; the segment goes on until begin_segment().
  [[nodiscard]] Receipt receipt(const ExpectedSpans& expected) const;
  /// The same when nothing is known about what must come.
  [[nodiscard]] Receipt receipt() const;

 private:
  /// What a segment leaves; begin_segment() starts with a new one.
  struct Segment {
    std::deque<OtlpPayload> raw;
    std::uint64_t raw_bytes = 0;
    std::uint64_t received_bytes = 0;
    std::vector<SpanSeen> spans;
    ServiceNames services;
    std::vector<std::uint32_t> payload_spans;
    std::unordered_set<std::uint64_t> seen;
    std::uint64_t malformed_payloads = 0;
    std::uint64_t refused_payloads = 0;

    [[nodiscard]] std::uint64_t used_bytes() const;
    [[nodiscard]] Receipt with_losses(Receipt receipt) const;
  };
  [[nodiscard]] bool fits(std::uint64_t bytes) const {
    return kept_.used_bytes() + bytes <= memory_bytes_;
  }

  const std::uint64_t memory_bytes_;
  mutable std::mutex mutex_;  // for what follows
  Segment kept_;
};

}  // namespace tracetax

// One segment's payloads in bounded memory: raw as they came while the segment runs, decoded to the few
// facts of each span when asked for afterwards, so that receiving disturbs little what is measured.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_set>
#include <vector>

#include "harness/core/receipt.h"
#include "harness/run/sink_server.h"

namespace tracetax {

inline constexpr std::uint64_t kSinkMemoryBytes = 512ULL << 20U;

/// One thread.
class SinkStore : public PayloadReceiver {
 public:
  /// `memory_bytes` bounds raw payloads and decoded spans together.
  explicit SinkStore(std::uint64_t memory_bytes) : memory_bytes_(memory_bytes) {}

  [[nodiscard]] bool has_room(std::size_t bytes) const override;
  [[nodiscard]] PayloadVerdict receive(OtlpPayload payload) override;
  void refused() override { ++refused_payloads_; }

  /// Forgets everything: a new segment.
  void begin_segment();
  [[nodiscard]] std::size_t undecoded() const { return raw_.size(); }
  /// Decodes the oldest payload that is not decoded yet. Malformed ones are counted.
  void decode_one();
  /// Among the decoded spans. Told apart by 64 bits of hash, so it may be one too low once in 10^6
  /// segments of 10^6 spans; the receipt compares whole ids.
  [[nodiscard]] std::uint64_t distinct_spans() const { return seen_.size(); }

  /// The account of what has been decoded; the segment goes on until begin_segment().
  [[nodiscard]] Receipt receipt(const ExpectedSpans& expected) const;
  /// The same when nothing is known about what must come.
  [[nodiscard]] Receipt receipt() const;

 private:
  [[nodiscard]] std::uint64_t used_bytes() const;
  [[nodiscard]] Receipt with_losses(Receipt receipt) const;

  std::uint64_t memory_bytes_;
  std::deque<OtlpPayload> raw_;
  std::uint64_t raw_bytes_ = 0;
  std::uint64_t received_bytes_ = 0;
  std::vector<SpanSeen> spans_;
  std::vector<std::uint32_t> payload_spans_;
  std::unordered_set<std::uint64_t> seen_;
  std::uint64_t malformed_payloads_ = 0;
  std::uint64_t refused_payloads_ = 0;
};

}  // namespace tracetax

// One segment's payloads in bounded memory. They are kept raw while the segment runs, and decoded
// to the few facts of each span when asked for afterwards. So receiving hardly disturbs what is
// measured. Decoded spans take a quarter of the room, so a long segment is decoded as it goes on.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <unordered_set>
#include <vector>

#include "harness/core/receipt/receipt.h"
#include "harness/core/receipt/service_names.h"
#include "harness/run/sink/payload_receiver.h"

namespace tracetax {

inline constexpr std::uint64_t kSinkMemoryBytes = 512ULL << 20U;

/// What a PayloadReceiver does is for any thread and waits for no decoding. The rest is for one
/// thread, which may have a lower priority.
class SinkStore : public PayloadReceiver {
 public:
  /// `memory_bytes` bounds raw payloads and decoded spans together.
  explicit SinkStore(std::uint64_t memory_bytes) : memory_bytes_(memory_bytes) {}

  [[nodiscard]] bool has_room(std::size_t bytes) const override;
  [[nodiscard]] PayloadVerdict receive(OtlpPayload payload) override;
  void no_room() override;
  void refused(std::string_view reason) override;
  void other_signal() override;

  /// Forgets everything: a new segment. `keeps_facts`: names and links of its spans too, without
  /// which no trees can be checked.
  void begin_segment(bool keeps_facts = false);
  [[nodiscard]] std::size_t undecoded() const;
  /// So much is kept raw that decoding should not wait for the segment's end.
  [[nodiscard]] bool should_decode() const;
  /// Decodes the oldest payload that is not decoded yet. Malformed ones are counted.
  void decode_one();
  /// Among the decoded spans. Told apart by 64 bits of hash, so it may be one too low once in 10^6
  /// segments of 10^6 spans; the receipt compares whole ids.
  [[nodiscard]] std::uint64_t distinct_spans() const { return decoded_.seen.size(); }

  /// Of the decoded spans those that their senders were told are rejected: they will not come
  /// again.
  [[nodiscard]] std::uint64_t rejected_spans() const { return decoded_.rejected_spans; }

  /// The account of what has been decoded; the segment goes on until begin_segment().
  [[nodiscard]] Receipt receipt(const ExpectedSpans& expected) const;
  /// The same when nothing is known about what must come.
  [[nodiscard]] Receipt receipt() const;

 private:
  // What a segment leaves; begin_segment() starts with new ones.
  struct Arrived {
    std::deque<OtlpPayload> raw;
    std::uint64_t raw_bytes = 0;
    std::uint64_t decoded_bytes = 0;  // in Decoded
    std::uint64_t received_bytes = 0;
    std::uint64_t refused_payloads = 0;
    RefusalCounts refusals;
    std::uint64_t other_signals = 0;
  };
  struct Decoded {
    std::vector<SpanSeen> spans;
    ServiceNames services;
    std::string raw_path;  // an example, see NamesSeen
    std::optional<TreeFacts> facts;
    std::vector<std::uint32_t> payload_spans;
    std::unordered_set<std::uint64_t> seen;
    std::uint64_t malformed_payloads = 0;
    std::uint64_t rejected_spans = 0;
  };
  [[nodiscard]] bool fits(std::uint64_t bytes) const {
    return arrived_.raw_bytes + arrived_.decoded_bytes + bytes <= memory_bytes_;
  }
  [[nodiscard]] Receipt with_losses(Receipt receipt) const;

  const std::uint64_t memory_bytes_;
  // For what arrives, and held only for a moment: who waits here keeps the target's exporter
  // waiting.
  mutable std::mutex mutex_;
  Arrived arrived_;
  Decoded decoded_;  // of the one thread
};

}  // namespace tracetax

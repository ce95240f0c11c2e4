// Self-counts of the tracer: what became of every span, so that the harness can close the receipt
// against what the sink received. Not OTel metrics; printed once when the program ends.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>

namespace tracetax {

/// A reading. At rest after shutdown: ended = dropped + exported + failed in the state `export`,
/// where there is an exporter and nobody ended without a flush.
struct SpanCounts {
  std::uint64_t started = 0;   // every start_span, unsampled ones included
  std::uint64_t sampled = 0;   // of those, the ones that the sampler kept
  std::uint64_t ended = 0;     // sampled spans that ended
  std::uint64_t dropped = 0;   // not taken by the full queue
  std::uint64_t exported = 0;  // accepted by the receiver
  std::uint64_t failed = 0;    // given up, rejected by the receiver, or left over at the deadline
  std::uint64_t set_after_end = 0;  // names, attributes and the like for spans that had ended
  friend bool operator==(const SpanCounts&, const SpanCounts&) = default;
};

/// The live counters. started, sampled and ended are counted per thread, each by its only writer,
/// because three contended atomic additions per request would be a cost that no SDK has.
class LiveSpanCounts {
 public:
  struct Slot {
    alignas(64) std::atomic<std::uint64_t> started{0};
    std::atomic<std::uint64_t> sampled{0};
    std::atomic<std::uint64_t> ended{0};
    std::atomic<std::uint64_t> set_after_end{0};
    /// Adds one; the calling thread must own the slot.
    static void bump(std::atomic<std::uint64_t>& counter) noexcept {
      counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }
  };

  LiveSpanCounts() : id_(next_id_.fetch_add(1)) {}
  LiveSpanCounts(const LiveSpanCounts&) = delete;
  LiveSpanCounts& operator=(const LiveSpanCounts&) = delete;

  /// The calling thread's own slot. Allocates on a thread's first call (and when a thread changes
  /// between tracers, which only tests do).
  [[nodiscard]] Slot& slot() {
    thread_local std::uint64_t cached_id = 0;
    thread_local Slot* cached = nullptr;
    if (cached_id != id_) {
      const std::lock_guard lock(mutex_);
      cached = &slots_.emplace_back();
      cached_id = id_;
    }
    return *cached;
  }

  /// Without dropped, exported and failed, which the processors count.
  [[nodiscard]] SpanCounts read() const {
    SpanCounts counts;
    const std::lock_guard lock(mutex_);
    for (const Slot& slot : slots_) {
      counts.started += slot.started.load(std::memory_order_relaxed);
      counts.sampled += slot.sampled.load(std::memory_order_relaxed);
      counts.ended += slot.ended.load(std::memory_order_relaxed);
      counts.set_after_end += slot.set_after_end.load(std::memory_order_relaxed);
    }
    return counts;
  }

 private:
  static inline std::atomic<std::uint64_t> next_id_{1};  // not the address: those are used again
  const std::uint64_t id_;
  mutable std::mutex mutex_;
  std::deque<Slot> slots_;
};

}  // namespace tracetax

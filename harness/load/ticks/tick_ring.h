// The ticks of one worker: it writes into the one that is open, and another thread may take those
// that are over while it goes on. Where nobody takes them, the last one that there is room for
// stays open: no count is ever lost, and memory never grows.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "harness/load/ticks/tick.h"

namespace tracetax {

/// One writer, the worker; one reader. The writer neither locks nor allocates between begin() and
/// finish(); once a tick it reads how many the reader has taken. It never touches a tick that is
/// over, and the reader none that is open.
class TickRing {
 public:
  /// Before a phase, by the writer: forgets what was not taken. Allocates only what it has not.
  void begin(const TickPlan& plan);
  [[nodiscard]] bool on() const noexcept { return length_ns_ > 0; }

  /// The tick that is open at `now_ns` of the phase, after ending the one before if that is over.
  /// Only while on(). A time before the open tick counts in it.
  LoadTick& at(std::int64_t now_ns) noexcept {
    if (now_ns >= end_ns_) [[unlikely]]
      advance(now_ns);
    return *open_;
  }
  /// Without a look at the time.
  LoadTick& open() noexcept { return *open_; }
  /// The phase is over, and so is its last tick.
  void finish() noexcept;

  /// By the reader: calls `visit(tick)` for each that is over and was not taken yet, the oldest
  /// first.
  template <typename Visit>
  void take(Visit&& visit) {
    const std::lock_guard lock{no_begin_};
    std::uint64_t taken = taken_.load(std::memory_order_relaxed);
    for (const std::uint64_t over = over_.load(std::memory_order_acquire); taken < over; ++taken) {
      LoadTick& tick = ticks_[taken % kept_];
      visit(static_cast<const LoadTick&>(tick));
      tick.reset();
      taken_.store(taken + 1, std::memory_order_release);
    }
  }

 private:
  void advance(std::int64_t now_ns) noexcept;

  std::vector<LoadTick> ticks_;
  std::size_t kept_ = 0;
  int digits_ = 0;
  std::int64_t length_ns_ = 0;
  std::int64_t end_ns_ = 0;  // of the open one
  LoadTick* open_ = nullptr;
  std::mutex no_begin_;  // of begin() and take(), never in a phase
  // On lines of their own: the reader writes the second while the worker is at work.
  alignas(64) std::atomic<std::uint64_t> over_{0};
  alignas(64) std::atomic<std::uint64_t> taken_{0};
};

}  // namespace tracetax

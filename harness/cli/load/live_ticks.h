// The ticks of a phase as they come in, worker by worker, added up for those who show them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "harness/load/ticks/tick.h"

namespace tracetax {

/// Tenths of a second, with percentiles within 0.8 %. Who takes them may be 3 s late.
inline constexpr TickPlan kLiveTicks{
    .length = std::chrono::milliseconds{100}, .kept = 32, .digits = 2};
inline constexpr std::int64_t kTicksPerSecond = 10;

/// Used by one thread. Nothing is ever dropped: what comes late counts in what is taken next.
class LiveTicks {
 public:
  explicit LiveTicks(std::size_t workers) : over_(workers, 0) {}

  /// A tick of the worker that is over. Those of one worker come in order.
  void add(std::size_t worker, const LoadTick& tick);

  /// All workers are past the ticks before this number.
  [[nodiscard]] std::int64_t complete() const;
  /// One past the last tick that came.
  [[nodiscard]] std::int64_t known() const { return known_; }
  /// What came of the ticks before `number`, together, and was not taken yet.
  [[nodiscard]] LoadTick take_before(std::int64_t number);

 private:
  std::vector<std::int64_t> over_;  // by worker: past the ticks before this number
  std::int64_t known_ = 0;
  std::map<std::int64_t, LoadTick> ticks_;  // all workers together, by number
};

/// All so far, and about the last second of it.
class LiveTotals {
 public:
  /// What came since the last time; the phase is now past the ticks before `number`.
  void add(LoadTick ticks, std::int64_t number);

  [[nodiscard]] const LoadTick& so_far() const { return so_far_; }
  [[nodiscard]] LoadTick last_second() const;
  /// What last_second() covers, s: less at first, and 0 before anything came.
  [[nodiscard]] double last_second_s() const;
  [[nodiscard]] double elapsed_s() const { return static_cast<double>(number_) / kTicksPerSecond; }

 private:
  struct Piece {
    std::int64_t ticks;
    LoadTick load;
  };
  std::deque<Piece> last_;
  std::int64_t last_ticks_ = 0;  // in `last_`
  std::int64_t number_ = 0;
  LoadTick so_far_{kLiveTicks.digits};
};

}  // namespace tracetax

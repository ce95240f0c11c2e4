// A rate that changes while a phase runs, as k6's ramping-arrival-rate has it: stages, over each of
// which it goes evenly from what it was to another.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "harness/core/text/units.h"

namespace tracetax {

struct RateStage {
  Nanos length{0};  // 0: the rate jumps
  double rate = 0;  // at its end; requests/s
  friend bool operator==(const RateStage&, const RateStage&) = default;
};

/// The integral of such a rate: how many requests are due by when. Exact, so that nothing drifts.
class RateCurve {
 public:
  /// Begins at `rate` >= 0.
  RateCurve(double rate, std::span<const RateStage> stages);

  /// Of the whole phase. Request k is due within it if k < total().
  [[nodiscard]] double total() const noexcept { return total_; }
  /// Due by the end of stage `index`, from the beginning.
  [[nodiscard]] double total_after(std::size_t index) const noexcept;
  /// When request `count` is due, ns since the phase began: the last moment by which no more than
  /// `count` were due before it. INT64_MAX: not within this phase. `count` need not be whole.
  [[nodiscard]] std::int64_t due_ns(double count) const noexcept;

 private:
  struct Piece {
    double begin_s, begin_count, rate, slope;  // requests/s at the beginning, and its change per s
  };
  std::vector<Piece> pieces_;
  double total_ = 0;
};

}  // namespace tracetax

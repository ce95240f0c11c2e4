// A short piece of a phase as counts and coarse histograms, so that the pieces of several workers
// and of neighbouring times can be added up and still have right percentiles.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "harness/core/histogram/histogram.h"
#include "harness/core/text/units.h"
#include "harness/load/session/error_tally.h"

namespace tracetax {

/// How a phase is cut into ticks, and what they take: 16 KiB each with one digit, 68 KiB with two.
struct TickPlan {
  Nanos length{0};       // of each; 0: none are recorded
  std::size_t kept = 0;  // by each worker, until somebody takes them; at least 1
  /// Of their histograms: 1 gives percentiles within 6.3 % of the true value, 2 within 0.8 %.
  int digits = 1;
  [[nodiscard]] bool on() const { return length > Nanos{0}; }
};

/// Ticks of 100 ms, or twice, four times, ... as long, so that no more than `most` make up
/// `duration`; each is kept.
[[nodiscard]] TickPlan ticks_of(Nanos duration, std::size_t most);

struct LoadTick {
  explicit LoadTick(int digits = 1);

  std::int64_t number = 0;  // it began so many lengths after the phase
  bool last = false;        // of its worker in this phase
  std::uint64_t ok = 0;     // answered as expected within it
  std::uint64_t late = 0;   // came due within it and was never sent, as the queue was full
  ErrorTally errors;
  Histogram response;  // of what was answered or timed out within it
  Histogram lag;       // of what was sent within it; empty in a closed loop

  /// Adds the other's counts and times; keeps its own number.
  void merge(const LoadTick& other);
  /// As new.
  void reset();
};

}  // namespace tracetax

// The wait after load until the spans that must come have come, the same shortest time in every
// arm.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "harness/core/text/units.h"

namespace tracetax {

struct DrainRule {
  std::optional<std::uint64_t> due;  // spans that must come; none: nobody knows
  Nanos shortest{0};                 // waited in any case
  Nanos quiet{0};           // where quiet ends the wait: waited at least, then until no span comes
  Nanos deadline{0};        // from the start; at least `shortest`
  bool quiet_ends = false;  // also if due is known: losing spans is allowed (capacity)
};

struct DrainOutcome {
  bool complete = false;                  // as many as due, or quiet; false: deadline or no sink
  std::optional<std::uint64_t> received;  // none: the sink has failed
};

/// One of several waits that go on side by side.
class Drain {
 public:
  using Clock = std::chrono::steady_clock;
  explicit Drain(const DrainRule& rule, Clock::time_point start = Clock::now())
      : rule_(rule), start_(start), last_change_(start) {}

  /// What the sink has received by now; nothing means that it has failed. True when the wait is
  /// over: the outcome is then final.
  bool over(std::optional<std::uint64_t> received, Clock::time_point now = Clock::now());
  [[nodiscard]] const DrainOutcome& outcome() const { return outcome_; }

 private:
  DrainRule rule_;
  Clock::time_point start_, last_change_;
  DrainOutcome outcome_;
};

/// Between two looks at the sink.
inline constexpr Nanos kDrainPoll = std::chrono::milliseconds{20};

/// Sleeps; false if `abandon` cut it short.
bool sleep_unless(const std::function<bool()>& abandon, Nanos time);

}  // namespace tracetax

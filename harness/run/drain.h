// The wait after load until the spans that must come have come, the same shortest time in every
// arm.
// SPDX-License-Identifier: Apache-2.0
#pragma once

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
  bool complete = false;  // as many as due, or quiet; false: deadline or no sink
  bool abandoned = false;
  std::optional<std::uint64_t> received;  // none: the sink has failed
};

/// Polls `received` every 20 ms after the shortest wait. Nothing from it means that the sink has
/// failed, which ends the wait.
[[nodiscard]] DrainOutcome drain(const DrainRule& rule,
                                 const std::function<std::optional<std::uint64_t>()>& received,
                                 const std::function<bool()>& abandon);

/// Sleeps; false if `abandon` cut it short.
bool sleep_unless(const std::function<bool()>& abandon, Nanos time);

}  // namespace tracetax

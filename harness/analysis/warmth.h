// What a run says about how warm its targets were: how long their warm-ups took, and whether CPU
// per request still fell while it was measured. What one block says by itself, and what voids it,
// is in harness/core/warm.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/core/run_result.h"

namespace tracetax {

/// The warm-ups until steady of a run.
struct WarmUps {
  int steady = 0;
  int limited = 0;                 // their limit came first
  double least_s = 0, most_s = 0;  // of those that became steady
};

/// Nothing where warm-ups had a given length.
[[nodiscard]] std::optional<WarmUps> warm_ups_of(const RunResult& result);

/// By cell and arm: warm-ups that reached their limit, and CPU per request that still fell by more
/// than 3 % from the first to the last third of a segment (exact signed-rank test over blocks, or
/// launches: without a trend a fall is as likely as a rise, whatever neighbours do).
void warn_of_cold_targets(const RunResult& result, std::vector<std::string>& out);

}  // namespace tracetax

// Finds the off arm's capacity in closed loop, so that `rate: "auto:0.5"` can offer a share of it
// to every arm.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "harness/core/text/error.h"
#include "harness/run/segment_context.h"

namespace tracetax {

struct RampStep {
  int connections = 0;
  double rate = 0;  // requests/s
};

struct RampResult {
  double capacity = 0;  // requests/s, median of seven more steps at the best number of connections
  std::vector<RampStep> steps;
  std::vector<std::string> warnings;
};

/// Closed-loop steps of 1, 2, 4, ... connections up to load.connections, 300 ms each after 300 ms
/// of warm-up. Ends after two steps in a row that bring less than 5 % more than the best before
/// them. Error (invalid) if the target does not come up or answers wrongly; (interrupted) if
/// abandoned.
[[nodiscard]] Result<RampResult> find_capacity(const SegmentContext& context, std::uint64_t seed);

/// Whether a ramp goes on after these steps.
[[nodiscard]] bool ramp_goes_on(const std::vector<RampStep>& steps, int connections_max);

/// `share` of `capacity`, rounded to two significant digits, at least 1 request/s.
[[nodiscard]] double offered_share(double capacity, double share);

}  // namespace tracetax

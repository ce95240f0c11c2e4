// How long a segment should be: as short as the metrics allow, for many short segments find more
// than a few long ones in the same time.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "harness/core/suite/suite.h"

namespace tracetax {

/// What decides about the length.
struct SegmentNeeds {
  double rate = 0;  // requests/s; positive
  Arrivals arrivals = Arrivals::poisson;
  std::optional<double> cpu_us_per_request;  // unset: CPU is not metered
  Nanos cpu_resolution{1};                   // of the CPU meter
  Nanos export_interval{0};                  // OTEL_BSP_SCHEDULE_DELAY of the traced arms; 0: none
};

struct SegmentAdvice {
  Nanos length{0};
  std::string why;  // a phrase: each need with the time it takes, the largest first
};

/// The shortest length that holds three things. 1,000 requests: without them a segment has no p99
/// (some more with random arrivals, or half of the segments would miss it). A hundred times the
/// resolution of the CPU meter, in CPU time. And a whole number of export intervals, five at least,
/// so that each segment holds as many exports as the next. In steps of 100 ms where nothing is
/// exported.
[[nodiscard]] SegmentAdvice advise_segment(const SegmentNeeds& needs);

}  // namespace tracetax

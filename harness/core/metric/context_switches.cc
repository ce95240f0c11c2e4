// How often the target's threads were switched per request, because they waited or were taken off
// the CPU. Of the threads that live at the end.
// SPDX-License-Identifier: Apache-2.0
#include "harness/core/run_result.h"

namespace tracetax::metrics {

extern constinit const MetricDefinition context_switches{
    .id = "context_switches",
    .short_name = "switches",
    .label = "context switches per request",
    .unit = units::count,
    .read = [](const SegmentRecord& segment) -> std::optional<double> {
      if (!segment.usage || segment.requests == 0) return std::nullopt;
      return static_cast<double>(segment.usage->voluntary_switches +
                                 segment.usage->involuntary_switches) /
             static_cast<double>(segment.requests);
    },
    .lacking = "the target's process was not metered (attached without a pid?)",
    .is_detail = true};

}  // namespace tracetax::metrics

// The target's instructions in user mode per request, where the processor counts them.
// SPDX-License-Identifier: Apache-2.0
#include "harness/core/run_result.h"

namespace tracetax::metrics {

extern constinit const MetricDefinition instructions{
    .id = "instructions",
    .short_name = "instructions",
    .label = "instructions per request",
    .unit = units::count,
    .read = [](const SegmentRecord& segment) -> std::optional<double> {
      if (!segment.usage || !segment.usage->instructions || segment.requests == 0)
        return std::nullopt;
      return static_cast<double>(*segment.usage->instructions) /
             static_cast<double>(segment.requests);
    },
    .lacking = "the processor did not count (a virtual machine, or perf_event_paranoid above 2)",
    .is_detail = true};

}  // namespace tracetax::metrics

// The target's cycles in user mode per request, where the processor counts them.
// SPDX-License-Identifier: Apache-2.0
#include "harness/core/run_result.h"

namespace tracetax::metrics {

extern constinit const MetricDefinition cycles{
    .id = "cycles",
    .short_name = "cycles",
    .label = "cycles per request",
    .unit = units::count,
    .read = [](const SegmentRecord& segment) -> std::optional<double> {
      if (!segment.usage || !segment.usage->cycles || segment.requests == 0) return std::nullopt;
      return static_cast<double>(*segment.usage->cycles) / static_cast<double>(segment.requests);
    },
    .lacking = "the processor did not count (a virtual machine, or perf_event_paranoid above 2)",
    .is_detail = true};

}  // namespace tracetax::metrics

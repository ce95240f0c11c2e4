// CPU time of the target per request: of all its processes, user and system.
// SPDX-License-Identifier: Apache-2.0
#include "harness/core/run_result.h"

namespace tracetax::metrics {

extern constinit const MetricDefinition cpu_per_request{
    .id = "cpu_per_request",
    .short_name = "cpu",
    .label = "CPU per request",
    .unit = units::microseconds,
    .read = [](const SegmentRecord& segment) -> std::optional<double> {
      if (!segment.usage || segment.requests == 0) return std::nullopt;
      return static_cast<double>(segment.usage->cpu_ns) / 1e3 /
             static_cast<double>(segment.requests);
    },
    .lacking = "the target's process was not metered (attached without a pid?)",
    .default_budget = DefaultBudget{.required = true, .budget = {.pct = 5, .absolute = {}}}};

}  // namespace tracetax::metrics

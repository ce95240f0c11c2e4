// The greatest throughput: what a closed loop on all connections comes to.
// SPDX-License-Identifier: Apache-2.0
#include "harness/core/run_result.h"

namespace tracetax::metrics {

extern constinit const MetricDefinition capacity{
    .id = "capacity",
    .short_name = "capacity",
    .label = "capacity",
    .unit = units::per_second,
    .higher_is_better = true,
    .kind = SegmentKind::capacity,
    .read = [](const SegmentRecord& segment) { return std::optional(segment.achieved_rate); },
    .lacking = "no request was answered",
    .why_not_measured = [](const Design& design) -> std::string_view {
      if (design.capacity) return "";
      return "capacity is not measured by this suite; give it a closed loop: --set "
             "design.capacity=500ms";
    },
    .default_budget = DefaultBudget{.budget = {.pct = 5, .absolute = {}}}};

}  // namespace tracetax::metrics

// The 99th percentile of the response times, where it is the target's and not the driver's.
// SPDX-License-Identifier: Apache-2.0
#include "harness/core/metric_value.h"
#include "harness/core/validity.h"

namespace tracetax::metrics {

extern constinit const MetricDefinition response_p99{
    .id = "response_p99",
    .short_name = "p99",
    .label = "response p99",
    .unit = units::nanoseconds,
    .read = [](const SegmentRecord& segment) -> std::optional<double> {
      if (!tail_is_the_targets(segment)) return std::nullopt;
      return response_quantile(segment, 0.99);
    },
    .lacking =
        "a p99 needs 1,000 requests per segment (raise the rate or design.measure) and a "
        "driver whose own lag p99 keeps its limit (lower the rate, or use a quieter machine)",
    .margin_pct = 6,
    .default_budget = DefaultBudget{.budget = {.pct = 15, .absolute = {}}}};

}  // namespace tracetax::metrics

// The middle of the response times, from the due time on.
// SPDX-License-Identifier: Apache-2.0
#include "harness/core/metric_value.h"

namespace tracetax::metrics {

extern constinit const MetricDefinition response_p50{
    .id = "response_p50",
    .short_name = "p50",
    .label = "response p50",
    .unit = units::nanoseconds,
    .read = [](const SegmentRecord& segment) { return response_quantile(segment, 0.5); },
    .lacking = "a p50 needs 20 requests per segment",
    .default_budget = DefaultBudget{.budget = {.pct = 5, .absolute = 20'000}}};

}  // namespace tracetax::metrics

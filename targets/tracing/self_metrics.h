// The SDK's metrics about itself, by the names of the semantic conventions
// (docs/otel/sdk-metrics.md, in development). A reading, not a stream: printed when the program
// ends, and on SIGUSR1.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "targets/tracing/counts.h"
#include "targets/tracing/env.h"
#include "targets/tracing/processor_counts.h"

namespace tracetax {

struct SelfMetric {
  std::string name;
  KeyValueList attributes{};
  double value = 0;  // spans; of a duration, the sum in seconds
};

/// What was neither kept nor sampled counts as DROP, recorded or not. Of the histogram
/// otel.sdk.exporter.operation.duration there are the count and the sum.
[[nodiscard]] std::vector<SelfMetric> self_metrics_of(
    const SpanCounts& spans, const std::vector<ProcessorReading>& readings);

/// {"tracetax_metrics":{"service":NAME,"metrics":[{"name":...,"attributes":{...},"value":N}]}}
[[nodiscard]] std::string metrics_line(const std::string& service,
                                       const std::vector<SelfMetric>& metrics);

}  // namespace tracetax

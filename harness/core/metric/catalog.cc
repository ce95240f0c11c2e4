// Every metric, in the order of reports: the headline first.
// SPDX-License-Identifier: Apache-2.0
#include "harness/core/gate/metric.h"

// A line for each: what its file calls the definition.
#define TRACETAX_METRICS(METRIC) \
  METRIC(cpu_per_request)        \
  METRIC(response_p50)           \
  METRIC(response_p99)           \
  METRIC(capacity)               \
  METRIC(rss_peak)               \
  METRIC(cpu_of_all)             \
  METRIC(context_switches)       \
  METRIC(instructions)           \
  METRIC(cycles)

namespace tracetax {

namespace metrics {
#define DECLARED(name) extern const MetricDefinition name;
TRACETAX_METRICS(DECLARED)
#undef DECLARED
}  // namespace metrics

std::span<const Metric> all_metrics() {
#define LISTED(name) metrics::name,
  static constexpr Metric kAll[] = {TRACETAX_METRICS(LISTED)};
#undef LISTED
  return kAll;
}

}  // namespace tracetax

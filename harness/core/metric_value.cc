// SPDX-License-Identifier: Apache-2.0
#include "harness/core/metric_value.h"

#include <cmath>

#include "harness/core/validity.h"

namespace tracetax {
namespace {

std::optional<double> cpu_us_per_request(const SegmentRecord& segment) {
  if (!segment.usage || segment.requests == 0) return std::nullopt;
  return static_cast<double>(segment.usage->cpu_ns) / 1e3 / static_cast<double>(segment.requests);
}

std::optional<double> response_quantile(const SegmentRecord& segment, double quantile) {
  const Histogram response = segment.times.response();
  if (!response.supports(quantile)) return std::nullopt;
  return response.quantile_interpolated(quantile);
}

std::optional<double> peak_memory(const SegmentRecord& segment) {
  if (!segment.usage) return std::nullopt;
  return static_cast<double>(segment.usage->rss_peak_bytes);
}

std::optional<double> raw_value(const SegmentRecord& segment, Metric metric) {
  switch (metric) {
    case Metric::cpu_per_request:
      return cpu_us_per_request(segment);
    case Metric::response_p50:
      return response_quantile(segment, 0.5);
    case Metric::response_p99:
      if (!tail_is_the_targets(segment)) return std::nullopt;
      return response_quantile(segment, 0.99);
    case Metric::capacity:
      return segment.achieved_rate;
    case Metric::rss_peak:
      return peak_memory(segment);
  }
  return std::nullopt;
}

}  // namespace

SegmentKind kind_of(Metric metric) {
  return metric == Metric::capacity ? SegmentKind::capacity : SegmentKind::open;
}

std::optional<double> value_as_measured(const SegmentRecord& segment, Metric metric) {
  if (!segment.valid() || segment.spec.kind != kind_of(metric)) return std::nullopt;
  const std::optional<double> value = raw_value(segment, metric);
  // A zero here means that the meter saw nothing; its logarithm would be a number out of nowhere.
  if (!value || !std::isfinite(*value) || *value <= 0) return std::nullopt;
  return value;
}

bool corrected_for_shared_cores(Metric metric) {
  return metric == Metric::cpu_per_request || metric == Metric::capacity;
}

std::optional<double> value_of(const SegmentRecord& segment, Metric metric) {
  const std::optional<double> value = value_as_measured(segment, metric);
  if (!value || !corrected_for_shared_cores(metric)) return value;
  return higher_is_better(metric) ? *value / segment.alone_factor : *value * segment.alone_factor;
}

}  // namespace tracetax

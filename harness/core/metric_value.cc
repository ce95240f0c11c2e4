// SPDX-License-Identifier: Apache-2.0
#include "harness/core/metric_value.h"

#include <cmath>

namespace tracetax {

std::optional<double> value_of(const SegmentRecord& segment, Metric metric) {
  if (!segment.valid() || segment.spec.kind != metric->kind) return std::nullopt;
  const std::optional<double> value = metric->read(segment);
  // A zero here means that the meter saw nothing; its logarithm would be a number out of nowhere.
  if (!value || !std::isfinite(*value) || *value <= 0) return std::nullopt;
  return value;
}

std::optional<double> response_quantile(const SegmentRecord& segment, double quantile) {
  const Histogram response = segment.times.response();
  if (!response.supports(quantile)) return std::nullopt;
  return response.quantile_interpolated(quantile);
}

}  // namespace tracetax

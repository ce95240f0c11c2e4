// The value of a metric in one segment.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "harness/core/gate/metric.h"
#include "harness/core/run_result.h"

namespace tracetax {

/// The metric of one valid segment of the right kind, always positive; nothing if it was not
/// measured or is not supported (p99 with fewer than 1,000 requests, or with a driver that was late
/// itself as often). Quantiles are interpolated inside their bucket.
/// Raw: nothing is taken out by a model.
[[nodiscard]] std::optional<double> value_of(const SegmentRecord& segment, Metric metric);

/// For metrics: nothing where fewer than ten response times lie beyond it.
[[nodiscard]] std::optional<double> response_quantile(const SegmentRecord& segment,
                                                      double quantile);

}  // namespace tracetax

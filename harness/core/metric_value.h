// The value of a metric in one segment.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "harness/core/run_result.h"
#include "harness/core/suite/metric.h"

namespace tracetax {

/// The kind of segment that a metric is taken from.
[[nodiscard]] SegmentKind kind_of(Metric metric);

/// The metric of one valid segment of the right kind, always positive; nothing if it was not
/// measured or is not supported (p99 with fewer than 1,000 requests, or with a driver that was late
/// itself as often, or of a segment in slices). Quantiles are interpolated inside their bucket. CPU
/// per request and capacity are those of a core of one's own (shared_core.h).
[[nodiscard]] std::optional<double> value_of(const SegmentRecord& segment, Metric metric);

[[nodiscard]] bool corrected_for_shared_cores(Metric metric);

/// The same as value_of, without that correction.
[[nodiscard]] std::optional<double> value_as_measured(const SegmentRecord& segment, Metric metric);

}  // namespace tracetax

// The metrics that are compared between arms, and the value of each in one segment.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "harness/core/run_result.h"

namespace tracetax {

/// In the order of reports: the headline first.
enum class Metric { cpu_per_request, response_p50, response_p99, capacity, rss_peak };
inline constexpr std::array kMetrics{Metric::cpu_per_request, Metric::response_p50,
                                     Metric::response_p99, Metric::capacity, Metric::rss_peak};

[[nodiscard]] std::string_view name_of(Metric metric);  // "cpu_per_request", ...
[[nodiscard]] std::string_view unit_of(Metric metric);  // "us", "ns", "1/s", "bytes"
/// "CPU per request", "response p50", ...: as reports print it.
[[nodiscard]] std::string_view label_of(Metric metric);
/// The kind of segment that a metric is taken from.
[[nodiscard]] SegmentKind kind_of(Metric metric);

/// The metric of one valid segment of the right kind, always positive; nothing if it was not
/// measured or is not supported (p99 with fewer than 1,000 requests, or with a driver that was late
/// itself as often). Quantiles are interpolated
/// inside their bucket.
[[nodiscard]] std::optional<double> value_of(const SegmentRecord& segment, Metric metric);

}  // namespace tracetax

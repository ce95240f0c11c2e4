// The metrics that are compared between arms: their names and units. The value of one in a segment:
// metric_value.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "harness/core/text/error.h"

namespace tracetax {

/// In the order of reports: the headline first.
enum class Metric { cpu_per_request, response_p50, response_p99, capacity, rss_peak };
inline constexpr std::array kMetrics{Metric::cpu_per_request, Metric::response_p50,
                                     Metric::response_p99, Metric::capacity, Metric::rss_peak};

[[nodiscard]] std::string_view name_of(Metric metric);  // "cpu_per_request", ...
[[nodiscard]] std::string_view unit_of(Metric metric);  // "us", "ns", "1/s", "bytes"
/// "CPU per request", "response p50", ...: as reports print it.
[[nodiscard]] std::string_view label_of(Metric metric);
/// "cpu", "p50", "p99", "capacity", "memory": as budgets name it.
[[nodiscard]] std::string_view short_name_of(Metric metric);
/// By either name. Usage error with a did-you-mean.
[[nodiscard]] Result<Metric> parse_metric(std::string_view name);
/// Whether more is better (capacity) or worse (everything else).
[[nodiscard]] bool higher_is_better(Metric metric);

}  // namespace tracetax

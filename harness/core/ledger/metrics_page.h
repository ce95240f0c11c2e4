// A page of metrics in the text format of Prometheus (0.0.4) or OpenMetrics, read tolerantly: what
// cannot be read is passed over.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "harness/core/run_result.h"

namespace tracetax {

struct MetricsPage {
  ServiceMetrics values{};         // by name with its labels, as written
  std::set<std::string> gauges{};  // names without labels that are said to be gauges
};

/// At most 20,000 samples. NaN and infinities are left out, and so are the time stamps.
[[nodiscard]] MetricsPage read_metrics_page(std::string_view text);

/// What counters grew by from one reading to another, and the last values of gauges. A counter that
/// fell was begun anew, and counts from 0.
[[nodiscard]] ServiceMetrics growth(const MetricsPage& before, const MetricsPage& after);

}  // namespace tracetax

// How much worse an overhead may become from one run to another before it counts.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string_view>

#include "harness/core/suite/metric.h"
#include "harness/core/text/error.h"

namespace tracetax {

/// In percent of what the metric is with tracing on.
struct Margins {
  std::map<Metric, double> pct{};  // where it is not the metric's own
  [[nodiscard]] double of(Metric metric) const;
};

/// "3%" for every metric, or "cpu=3%,p99=6%" for those and the defaults for the rest; at least 0
/// and below 100.
[[nodiscard]] Result<Margins> parse_margins(std::string_view text);

}  // namespace tracetax

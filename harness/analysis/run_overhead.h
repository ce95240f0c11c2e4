// What one stored run says of an arm against `off`, for those who set runs beside each other.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/core/gate/metric.h"
#include "harness/core/run_result.h"
#include "harness/core/text/effect_text.h"

namespace tracetax {

struct RunOverhead {
  int blocks = 0;
  std::optional<double> pct;             // Hodges-Lehmann
  std::optional<Interval> interval_pct;  // exact, 95 %
  std::vector<double> log_ratios;        // ln(arm / off) per block: what both rest on
  std::string why_void;                  // empty: it may be used
};

/// Of an arm of one cell. Void where fewer than six blocks can be used, and where spans were lost,
/// answers were wrong or the target died: tracing that loses spans looks cheap.
[[nodiscard]] RunOverhead overhead_of(const RunResult& result, int cell, int arm, Metric metric);

}  // namespace tracetax

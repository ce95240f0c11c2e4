// Sampled against unsampled requests of the same segment: an experiment that every segment of a
// traced arm brings along. The driver draws the flag by the trace id, so both kinds meet the same
// process, the same load and the same moment; no other arm is needed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/core/run_result.h"
#include "harness/core/text/effect_text.h"

namespace tracetax {

/// Response times. What tracing does beside the requests (an exporter's thread) falls on both kinds
/// and is not in it.
struct SampledEffect {
  int cell = 0;
  std::string arm;
  double quantile = 0.5;
  int blocks = 0;
  double unsampled_ns = 0;  // median over the blocks
  double estimate_pct = 0;  // Hodges-Lehmann of the ratio within a segment, less 1
  Interval interval_pct;    // exact signed-rank, 95 %
};

/// By cell, arm and quantile (p50, p90): of arms that sample a part of the requests, where the
/// caller decides which. Only those of which six segments support the quantile on both sides.
[[nodiscard]] std::vector<SampledEffect> sampled_effects(const RunResult& result);

}  // namespace tracetax

// What a gate judges: which metrics of which arms, against which bounds, with which looks. Plain
// data, read from the suite's "gate" and the command line by gate_reader.h, kept in result.json so
// that a verdict can be computed anew.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/gate/effort.h"
#include "harness/core/gate/metric.h"
#include "harness/stats/sequential.h"

namespace tracetax {

/// When a run that judges may stop.
enum class StopRule {
  looks,    // at the planned looks only
  anytime,  // after any block, by an anytime-valid test
};
[[nodiscard]] std::string_view name_of(StopRule rule);

/// What an inconclusive gate ends with: exit code 1, 3 or 0.
enum class InconclusivePolicy { fail, warn, pass };
[[nodiscard]] std::string_view name_of(InconclusivePolicy policy);

struct GateMetric {
  Metric metric = Metric::cpu_per_request;
  bool required = true;  // advisory metrics are reported and never decide
  Budget budget;
  double regress_pct = 3;  // how much worse than base is still tolerated, where there is a base
};

struct GateSpec {
  std::vector<std::string> arms;  // judged against off; in a suite empty: see gate_reader.h
  bool arms_by_default = false;   // nobody named them
  std::vector<std::string> arms_passed_over;  // traced arms of the suite that are not judged
  std::vector<GateMetric> metrics;
  StopRule stop = StopRule::looks;
  Effort effort = Effort::full;
  std::vector<Look> looks;  // ascending; empty in a suite: those of the effort
  double alpha = 0.05;      // one-sided, for each of FAIL and PASS
  InconclusivePolicy inconclusive = InconclusivePolicy::warn;
  bool sham = false;    // off2 stays among the arms, as a control; always with paper
  bool forced = false;  // --force: a metric is judged that this machine cannot resolve
};

/// Whether it judges a metric that is read from such segments.
[[nodiscard]] bool judges(const GateSpec& gate, SegmentKind kind);

/// The name of the arm that runs `arm` as the base revision does.
[[nodiscard]] std::string base_arm_name(std::string_view arm);

}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/gate_spec.h"

#include <algorithm>

namespace tracetax {

std::string_view name_of(StopRule rule) { return rule == StopRule::looks ? "looks" : "anytime"; }

std::string_view name_of(InconclusivePolicy policy) {
  switch (policy) {
    case InconclusivePolicy::fail:
      return "fail";
    case InconclusivePolicy::warn:
      return "warn";
    case InconclusivePolicy::pass:
      return "pass";
  }
  return "";
}

bool judges(const GateSpec& gate, SegmentKind kind) {
  return std::ranges::any_of(
      gate.metrics, [kind](const GateMetric& gated) { return gated.metric->kind == kind; });
}

std::string base_arm_name(std::string_view arm) { return "base-" + std::string(arm); }

}  // namespace tracetax

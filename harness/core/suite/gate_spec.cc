// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/gate_spec.h"

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

std::string base_arm_name(std::string_view arm) { return "base-" + std::string(arm); }

}  // namespace tracetax

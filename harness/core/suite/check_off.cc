// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/check_off.h"

#include <algorithm>

#include "harness/core/suite/suite_writer.h"

namespace tracetax {

Suite with_check_off(Suite suite) {
  const bool has_one = std::ranges::any_of(suite.arms, [](const ArmSpec& arm) {
    return arm.name == kCheckOffArm || arm.state == TracingState::drop;
  });
  if (has_one) return suite;
  ArmSpec check;
  for (const ArmSpec& arm : suite.arms) {
    if (arm.role == ArmRole::traced) check = arm;
  }
  check.name = kCheckOffArm;
  check.role = ArmRole::traced;
  check.state = TracingState::drop;
  check.rate = SampleRate{};
  check.sampler.reset();
  suite.arms.push_back(std::move(check));
  suite.resolved = resolved_form(suite);
  return suite;
}

}  // namespace tracetax

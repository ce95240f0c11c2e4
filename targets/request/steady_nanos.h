// The monotonic clock as plain nanoseconds, for the stages that hand it to what takes its clock as
// a parameter.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "harness/core/text/units.h"

namespace tracetax {

[[nodiscard]] inline Nanos steady_nanos() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

}  // namespace tracetax

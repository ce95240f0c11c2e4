// Differences of logarithms, which pairs are compared by, as people read them: in per cent.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>

#include "harness/core/text/effect_text.h"

namespace tracetax {

[[nodiscard]] inline double percent_of(double log_ratio) { return 100 * std::expm1(log_ratio); }

[[nodiscard]] inline Interval percent_of(double low, double high, double level) {
  return {.low = percent_of(low), .high = percent_of(high), .level = level};
}

}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/stats/normal.h"

#include <cmath>
#include <numbers>

namespace tracetax {

double normal_quantile(double p) {
  // The lower tail only: close to 1 the distribution function has no digits left to tell values
  // apart, while 1 - p has lost none.
  if (p > 0.5) return -normal_quantile(1 - p);
  double low = -38, high = 0;
  while (true) {  // bisection to the last digit; nobody waits for it
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return high;
    (std::erfc(-middle / std::numbers::sqrt2) / 2 < p ? low : high) = middle;
  }
}

}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/stats/sequential.h"

#include <algorithm>

namespace tracetax {

double total_alpha(std::span<const Look> looks) {
  double sum = 0;
  for (const Look& look : looks) sum += look.alpha;
  return sum;
}

double sequential_p(std::span<const LookP> looks, double alpha) {
  double smallest = 1;
  for (const LookP& done : looks) smallest = std::min(smallest, done.p * alpha / done.look.alpha);
  return smallest;
}

}  // namespace tracetax

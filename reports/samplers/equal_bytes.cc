// SPDX-License-Identifier: Apache-2.0
#include "reports/samplers/equal_bytes.h"

namespace tracetax {

double recall_at_equal_bytes(double recall, double bytes, double all_bytes, double budget) {
  if (budget >= all_bytes) return 1;
  if (bytes > budget) return recall * budget / bytes;
  const double room = (budget - bytes) / (all_bytes - bytes);
  return recall + (1 - recall) * room;
}

}  // namespace tracetax

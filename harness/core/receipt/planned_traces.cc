// SPDX-License-Identifier: Apache-2.0
#include "harness/core/receipt/planned_traces.h"

namespace tracetax {

SentRequests::SentRequests(const ExpectedPhase& phase)
    : phase_(phase), not_sent_(phase.not_sent), uncertain_(phase.uncertain) {
  std::sort(not_sent_.begin(), not_sent_.end());
  std::sort(uncertain_.begin(), uncertain_.end());
}

}  // namespace tracetax

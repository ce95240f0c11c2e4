// SPDX-License-Identifier: Apache-2.0
#include "harness/load/error_tally.h"

namespace tracetax {

ErrorCounts ErrorTally::named() const {
  static constexpr std::array<const char*, kKinds> kNames{
      "connect",   "reset",   "closed",  "closed_idle", "connection_close",
      "malformed", "timeout", "unfinished"};
  ErrorCounts counts;
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    if (kinds_[kind] != 0) counts[kNames[kind]] = kinds_[kind];
  }
  for (std::size_t status = 0; status < statuses_.size(); ++status) {
    if (statuses_[status] != 0) counts[fmt::format("status_{}", status)] = statuses_[status];
  }
  return counts;
}

}  // namespace tracetax

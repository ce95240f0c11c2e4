// What `tracetax doctor --spans` says of one arm.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "harness/core/ledger/diagnosis.h"
#include "harness/core/ledger/span_ledger.h"
#include "harness/core/ledger/span_probe.h"

namespace tracetax {

struct SpanReport {
  std::string target{}, scenario{}, arm{};
  SpanEvidence evidence{};
  SpanLedger ledger{};  // of the start as it is
  std::vector<Finding> findings{};

  /// Empty: it could be looked at.
  [[nodiscard]] const std::string& failed() const { return evidence.as_it_is.failed; }
};

}  // namespace tracetax

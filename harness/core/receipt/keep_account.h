// What became of traces where some are dropped on purpose: class by class, and whether the rule was
// kept (harness/core/request/keep_rule.h).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/request/request_class.h"

namespace tracetax {

/// What became of the traces of one class.
struct ClassAccount {
  RequestClass of = RequestClass::normal;
  std::uint64_t sent = 0;   // traces that the driver began, certain ones
  std::uint64_t whole = 0;  // of these, all spans came
  std::uint64_t part = 0;   // some came: never on purpose
  std::uint64_t spans = 0;  // that came
  friend bool operator==(const ClassAccount&, const ClassAccount&) = default;
};

/// Of a receipt whose arm says what it keeps, or whose requests have classes: then an unsampled
/// request counts as sent, so that a caller's share is known class by class.
struct KeepAccount {
  std::vector<ClassAccount> classes;  // those that were sent, in the order of RequestClass
  std::uint64_t uncertain = 0;        // traces that came and may: their request failed, or was ours
  /// What whoever drops counted as kept, if it says so: exactly so many have to come.
  std::optional<std::uint64_t> traces_kept;
  std::vector<std::string> broken;  // how the rule was broken, a sentence each; empty: it was kept
};

}  // namespace tracetax

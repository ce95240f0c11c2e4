// What has to survive where traces are dropped on purpose, by a sampler of the target's own or by a
// tail sampler behind it. An arm says so; its receipt is closed by this rule.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>

#include "harness/core/request/request_class.h"

namespace tracetax {

struct KeepRule {
  /// The share of the traces of each class that has to arrive, 0..1. 1: every one. 0: none may
  /// come. Between: within the binomial bound. None: any number may come.
  std::array<std::optional<double>, kRequestClasses> share{};
  std::optional<double> at_most_per_s;  // traces, of all classes together
  friend bool operator==(const KeepRule&, const KeepRule&) = default;
};

}  // namespace tracetax

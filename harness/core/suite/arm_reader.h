// The arms of a suite: what stands under "arms", shorthands like "on@1%" included. Part of
// suite_reader.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "harness/core/json/json_fields.h"
#include "harness/core/suite/suite.h"

namespace tracetax {

/// Reads the array `arms` at `pointer`; what is wrong goes to `mistakes`. `targets` are those of
/// the suite: per-target overrides must name one of them. `sink` is what the suite says, for arms
/// that do not.
[[nodiscard]] std::vector<ArmSpec> read_arms(const Json& arms, const std::string& pointer,
                                             const std::vector<TargetSpec>& targets,
                                             const SinkSpec& sink, Mistakes& mistakes);

}  // namespace tracetax

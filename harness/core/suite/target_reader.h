// The targets of a suite: what stands under "targets". Part of suite_reader.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "harness/core/json/json_fields.h"
#include "harness/core/suite/suite.h"

namespace tracetax {

/// Reads the object `targets` at `pointer`; what is wrong goes to `mistakes`.
[[nodiscard]] std::vector<TargetSpec> read_targets(const Json& targets, const std::string& pointer,
                                                   Mistakes& mistakes);

}  // namespace tracetax

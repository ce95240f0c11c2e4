// What must hold in the data of a system, and whether it did.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "harness/core/run_result.h"

namespace tracetax {

/// One line for each: "no oversell (db) holds in all 20 segments"; "no oversell (db) is broken in 3
/// of 20 segments; first in block 2, on@1%: 101". Empty where nothing was asked.
[[nodiscard]] std::vector<std::string> invariant_words(const RunResult& result, int cell);

}  // namespace tracetax

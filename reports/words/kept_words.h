// What arms kept that drop traces on purpose: recall, class by class.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "harness/core/run_result.h"

namespace tracetax {

/// One sentence for each arm of a cell that says what it keeps, over its valid segments:
/// "tail kept 300 of 300 error traces (100 %) and 1,012 of 10,000 normal ones (10.1 %), all whole".
[[nodiscard]] std::vector<std::string> kept_words(const RunResult& result, int cell);

}  // namespace tracetax

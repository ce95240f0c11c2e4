// What became of the spans that did not simply arrive: the named lines of the ledger.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "harness/core/run_result.h"

namespace tracetax {

/// One sentence for each arm of a cell in which something went wrong with its exports, over all its
/// segments: the faults that were planted, what was refused by reason, what was lost and what the
/// target says of it, duplicates after retries, and how long the target took to recover.
[[nodiscard]] std::vector<std::string> ledger_words(const RunResult& result, int cell);

/// "on@100%, 12.3 % of spans lost": the name of an arm whose numbers count although spans were lost
/// in them, over its valid open segments. Else the name alone.
[[nodiscard]] std::string name_with_loss(const RunResult& result, int cell, const std::string& arm);

/// The same of all cells.
[[nodiscard]] std::string name_with_loss(const RunResult& result, const std::string& arm);

}  // namespace tracetax

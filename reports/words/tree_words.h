// Whether the traces of a topology were the trees that follow from it, arm by arm.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "harness/core/run_result.h"

namespace tracetax {

/// Sentences for each arm of a cell whose receipts know trees, over all of its segments, void ones
/// too: "on@100%: all 12,345 traces are the tree that the topology says (requests: POST /order
/// 11,800, POST /order, sold_out 545), and each of 11,800 messages was linked to once".
[[nodiscard]] std::vector<std::string> tree_words(const RunResult& result, int cell);

}  // namespace tracetax

// How much time a run may take: blocks, and the looks that a gate takes within them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "harness/core/text/error.h"
#include "harness/stats/sequential.h"

namespace tracetax {

enum class Effort { quick, ci, full, paper };
[[nodiscard]] std::string_view name_of(Effort effort);
[[nodiscard]] Result<Effort> parse_effort(std::string_view name);

/// 10, 20, 40 and 60.
[[nodiscard]] int blocks_of(Effort effort);

/// The looks of a gate, the last one at blocks_of(effort). Each effort spends the whole 0.05 over
/// its own looks:
///   quick 10 (.05); ci 10/20 (.02/.03); full 10/20/40 and paper 20/40/60 (.010/.015/.025)
[[nodiscard]] std::vector<Look> looks_of(Effort effort);

}  // namespace tracetax

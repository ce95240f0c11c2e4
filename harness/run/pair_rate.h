// At what rate both halves of a pair are measured.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "harness/core/run_result.h"

namespace tracetax {

/// Requests/s by cell: of the cells of one pair, scenario and level the lowest rate that is known,
/// of others their own. CPU per request falls as the rate rises, so a framework and its emulation
/// are compared at one rate, which both of them can do.
[[nodiscard]] std::vector<double> shared_rates(const RunResult& result);

}  // namespace tracetax

// What each step of a ladder of arms costs: for runs whose arms are compared with another one than
// `off`.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "harness/analysis/comparison.h"
#include "harness/core/run_result.h"

namespace tracetax {

/// "CPU per request of gin (...), step by step: noop over off (...): within noise, ...". A clause
/// for each arm that has a reference, in the suite's order.
[[nodiscard]] std::string steps(const RunResult& result, const Analysis& analysis, int cell);

}  // namespace tracetax

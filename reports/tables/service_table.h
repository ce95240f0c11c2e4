// What each process of a target of several costs: its own CPU per request, arm by arm.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "harness/core/run_result.h"
#include "reports/tables/table.h"

namespace tracetax {

/// A row per service and one for their sum; a column per arm, with the median over its valid
/// segments. Nothing where the cell's target is one process.
[[nodiscard]] std::optional<Table> service_table(const RunResult& result, int cell);

}  // namespace tracetax

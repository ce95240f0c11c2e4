// How and where a run was made: what a reader needs to judge or repeat it. The same in every
// Markdown format.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/core/run_result.h"
#include "reports/tables/table.h"

namespace tracetax {

/// Blocks, times, load, pinning and targets, a line each.
[[nodiscard]] std::vector<std::string> design_items(const RunResult& result);

/// How much neighbours slowed the target's core down, median of the segments, and in how many cells
/// CPU and capacity are corrected for it (harness/core/shared_core.h).
struct CoreFacts {
  double slowdown = 1;
  int cpu = 0, capacity = 0;
  std::size_t cells = 0;
};

/// Nothing where nobody looked.
[[nodiscard]] std::optional<CoreFacts> core_facts(const RunResult& result);

/// Machine, system, program, run and suite: two columns, what and value.
[[nodiscard]] Table environment_table(const RunResult& result);

}  // namespace tracetax

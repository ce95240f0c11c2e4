// The names that a cell is made of, for formats that keep them apart.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "harness/core/run_result.h"

namespace tracetax {

[[nodiscard]] inline const std::string& target_name(const RunResult& result, int cell) {
  const Cell& where = result.plan.cells.at(static_cast<std::size_t>(cell));
  return result.suite.targets.at(static_cast<std::size_t>(where.target)).name;
}

/// With the load level, where the suite has several: "get at 20%".
[[nodiscard]] inline std::string scenario_name(const RunResult& result, int cell) {
  const Cell& where = result.plan.cells.at(static_cast<std::size_t>(cell));
  const Suite& suite = result.suite;
  std::string name = suite.scenarios.at(static_cast<std::size_t>(where.scenario)).name;
  if (suite.load.levels.size() > 1)
    name += " at " + level_name(suite.load.levels.at(static_cast<std::size_t>(where.level)));
  return name;
}

}  // namespace tracetax

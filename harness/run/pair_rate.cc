// SPDX-License-Identifier: Apache-2.0
#include "harness/run/pair_rate.h"

namespace tracetax {

std::optional<double> rate_of_other_half(const RunResult& result, std::size_t cell) {
  const Cell& where = result.plan.cells[cell];
  const auto pair_of = [&](const Cell& one) -> const std::string& {
    return result.suite.targets[static_cast<std::size_t>(one.target)].pair;
  };
  if (pair_of(where).empty()) return std::nullopt;
  for (std::size_t other = 0; other < cell; ++other) {
    const Cell& there = result.plan.cells[other];
    if (pair_of(there) == pair_of(where) && there.target != where.target &&
        there.scenario == where.scenario && there.level == where.level &&
        result.cell_rates[other] > 0) {
      return result.cell_rates[other];
    }
  }
  return std::nullopt;
}

}  // namespace tracetax

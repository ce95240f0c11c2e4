// SPDX-License-Identifier: Apache-2.0
#include "harness/run/pair_rate.h"

#include <algorithm>

namespace tracetax {

std::vector<double> shared_rates(const RunResult& result) {
  const auto pair_of = [&](const Cell& cell) -> const std::string& {
    return result.suite.targets[static_cast<std::size_t>(cell.target)].pair;
  };
  std::vector<double> rates = result.cell_rates;
  for (std::size_t i = 0; i < rates.size(); ++i) {
    const Cell& here = result.plan.cells[i];
    if (pair_of(here).empty() || rates[i] <= 0) continue;
    for (std::size_t other = 0; other < rates.size(); ++other) {
      const Cell& there = result.plan.cells[other];
      if (pair_of(there) == pair_of(here) && there.scenario == here.scenario &&
          there.level == here.level && result.cell_rates[other] > 0) {
        rates[i] = std::min(rates[i], result.cell_rates[other]);
      }
    }
  }
  return rates;
}

}  // namespace tracetax

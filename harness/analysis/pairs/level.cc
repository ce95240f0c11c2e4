// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/pairs/level.h"

#include <cmath>
#include <vector>

#include "harness/analysis/pairs/pairing.h"
#include "harness/core/metric_value.h"
#include "harness/stats/signed_rank.h"

namespace tracetax {

Level level_of(const RunResult& result, int cell, int arm, Metric metric) {
  constexpr double kLevel = 0.95;
  Level level;
  std::map<int, double> by_block, seen;
  for (const SegmentRecord& segment : result.segments) {
    const SegmentSpec& spec = segment.spec;
    if (spec.cell != cell || spec.arm != arm || spec.kind != metric->kind) continue;
    if (!seen.emplace(spec.block, 0).second) continue;  // of two in the same place the first counts
    if (const auto value = value_of(segment, metric))
      by_block.emplace(spec.block, std::log(*value));
  }
  const auto units = CellSegments(result, cell).units();
  level.measured = static_cast<int>(unit_means(units, seen).size());
  level.logarithms = unit_means(units, by_block);
  const std::vector<double> logarithms = values_of(level.logarithms);
  level.blocks = static_cast<int>(logarithms.size());
  const auto middle = hodges_lehmann(logarithms);
  if (!middle) return level;
  level.value = std::exp(*middle);
  if (const auto interval = signed_rank_interval(logarithms, kLevel)) {
    level.interval = Interval{.low = std::exp(interval->low),
                              .high = std::exp(interval->high),
                              .level = interval->coverage};
  }
  return level;
}

}  // namespace tracetax

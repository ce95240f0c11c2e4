// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/pairs/pairing.h"

#include <fmt/format.h>

#include <cmath>
#include <set>

namespace tracetax {

CellSegments::CellSegments(const RunResult& result, int cell) {
  std::set<int> blocks;
  for (const SegmentRecord& segment : result.segments) {
    if (segment.spec.cell != cell) continue;
    segments_.try_emplace({segment.spec.block, segment.spec.arm, segment.spec.kind}, &segment);
    blocks.insert(segment.spec.block);
  }
  blocks_.assign(blocks.begin(), blocks.end());
}

const SegmentRecord* CellSegments::find(int block, int arm, SegmentKind kind) const {
  const auto found = segments_.find({block, arm, kind});
  return found == segments_.end() ? nullptr : found->second;
}

Pairs make_pairs(const CellSegments& segments, int off_arm, int on_arm, SegmentKind kind,
                 const SegmentValue& value) {
  Pairs pairs;
  for (const int block : segments.blocks()) {
    const SegmentRecord* off = segments.find(block, off_arm, kind);
    const SegmentRecord* on = segments.find(block, on_arm, kind);
    if (off == nullptr || on == nullptr) continue;
    ++pairs.measured;
    if (!off->valid() || !on->valid()) {
      ++pairs.lost_void;
      for (const SegmentRecord* segment : {off, on}) {
        for (const VoidReason& reason : segment->voids) ++pairs.lost_to[reason.rule];
      }
      continue;
    }
    const std::optional<double> off_value = value(*off);
    const std::optional<double> on_value = value(*on);
    if (!off_value || !on_value) {
      ++pairs.lost_value;
      continue;
    }
    pairs.blocks.push_back(block);
    pairs.off.push_back(*off_value);
    pairs.on.push_back(*on_value);
    pairs.log_ratios.push_back(std::log(*on_value / *off_value));
  }
  return pairs;
}

std::string cell_name(const RunResult& result, int cell) {
  const Cell& where = result.plan.cells.at(static_cast<std::size_t>(cell));
  const Suite& suite = result.suite;
  std::string name = suite.targets.at(static_cast<std::size_t>(where.target)).name;
  if (suite.scenarios.size() > 1)
    name += " / " + suite.scenarios.at(static_cast<std::size_t>(where.scenario)).name;
  if (suite.load.levels.size() > 1)
    name += " at " + level_name(suite.load.levels.at(static_cast<std::size_t>(where.level)));
  return name;
}

}  // namespace tracetax

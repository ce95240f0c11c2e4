// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/pairs/pairing.h"

#include <fmt/format.h>

#include <cmath>
#include <set>

#include "harness/stats/sample.h"

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

std::vector<std::vector<int>> CellSegments::units() const {
  std::vector<std::vector<int>> units;
  int launch_before = 0;
  for (const int block : blocks_) {
    const int launch = segments_.lower_bound({block, 0, SegmentKind{}})->second->launch;
    if (launch == 0 || launch != launch_before) units.emplace_back();
    units.back().push_back(block);
    launch_before = launch;
  }
  return units;
}

std::map<int, double> unit_means(const std::vector<std::vector<int>>& units,
                                 const std::map<int, double>& by_block) {
  std::map<int, double> means;
  for (const std::vector<int>& unit : units) {
    std::vector<double> values;
    int last = 0;
    for (const int block : unit) {
      const auto found = by_block.find(block);
      if (found == by_block.end()) continue;
      values.push_back(found->second);
      last = block;
    }
    if (const auto middle = mean(values)) means.emplace(last, *middle);
  }
  return means;
}

std::vector<double> values_of(const std::map<int, double>& by_block) {
  std::vector<double> values;
  for (const auto& [block, value] : by_block) values.push_back(value);
  return values;
}

namespace {

struct UnitValues {
  int measured = 0, lost_void = 0, last_block = 0;
  std::vector<double> off, on, log_ratios;
};

void add_block(const SegmentRecord& off, const SegmentRecord& on, const SegmentValue& value,
               UnitValues& unit, std::map<VoidRule, int>& lost_to) {
  ++unit.measured;
  if (!off.valid() || !on.valid()) {
    ++unit.lost_void;
    for (const SegmentRecord* segment : {&off, &on}) {
      for (const VoidReason& reason : segment->voids) ++lost_to[reason.rule];
    }
    return;
  }
  const std::optional<double> off_value = value(off);
  const std::optional<double> on_value = value(on);
  if (!off_value || !on_value) return;
  unit.last_block = off.spec.block;
  unit.off.push_back(*off_value);
  unit.on.push_back(*on_value);
  unit.log_ratios.push_back(std::log(*on_value / *off_value));
}

}  // namespace

Pairs make_pairs(const CellSegments& segments, int off_arm, int on_arm, SegmentKind kind,
                 const SegmentValue& value) {
  Pairs pairs;
  for (const std::vector<int>& blocks : segments.units()) {
    UnitValues unit;
    for (const int block : blocks) {
      const SegmentRecord* off = segments.find(block, off_arm, kind);
      const SegmentRecord* on = segments.find(block, on_arm, kind);
      if (off == nullptr || on == nullptr) continue;
      pairs.of_launches = pairs.of_launches || off->launch > 0;
      add_block(*off, *on, value, unit, pairs.lost_to);
    }
    if (unit.measured == 0) continue;
    ++pairs.measured;
    if (unit.off.empty()) {
      ++(unit.lost_void > 0 ? pairs.lost_void : pairs.lost_value);
      continue;
    }
    pairs.blocks.push_back(unit.last_block);
    pairs.off.push_back(*mean(unit.off));
    pairs.on.push_back(*mean(unit.on));
    pairs.log_ratios.push_back(*mean(unit.log_ratios));
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

// Pairs: the same value of two arms in the same block, over the blocks of a cell. Every comparison
// starts from such pairs, and nothing is ever compared across blocks.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "harness/core/run_result.h"

namespace tracetax {

/// The segments of one cell, found by block, arm and kind. Points into `result`, which must outlive
/// it.
class CellSegments {
 public:
  CellSegments(const RunResult& result, int cell);

  /// The segment, valid or not; null if it was not measured. Of two in the same place the first
  /// counts.
  [[nodiscard]] const SegmentRecord* find(int block, int arm, SegmentKind kind) const;
  /// The blocks with at least one segment, ascending.
  [[nodiscard]] const std::vector<int>& blocks() const { return blocks_; }

 private:
  std::map<std::tuple<int, int, SegmentKind>, const SegmentRecord*> segments_;
  std::vector<int> blocks_;
};

/// A value of one valid segment, if it has it. Must be positive.
using SegmentValue = std::function<std::optional<double>(const SegmentRecord&)>;

struct Pairs {
  std::vector<int> blocks;          // that gave a pair, ascending
  std::vector<double> off, on;      // in block order, the same length
  std::vector<double> log_ratios;   // ln(on / off)
  int measured = 0;                 // blocks in which both segments were measured
  int lost_void = 0;                // of these, lost because a segment is void
  int lost_value = 0;               // of these, both valid, but without the value
  std::map<VoidRule, int> lost_to;  // rule -> segments that broke it
};

[[nodiscard]] Pairs make_pairs(const CellSegments& segments, int off_arm, int on_arm,
                               SegmentKind kind, const SegmentValue& value);

/// "gin", or "gin / http" where the run has several scenarios: what reports and warnings call a
/// cell.
[[nodiscard]] std::string cell_name(const RunResult& result, int cell);

}  // namespace tracetax

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
  /// The same, those together that count as one: the blocks on one launch of processes that are
  /// kept. What is peculiar to a launch is in all its blocks, so they are no independent values;
  /// the signs of launches are fair coins as those of blocks are, for each launch draws its own
  /// order (docs/decisions.md). Else every block by itself.
  [[nodiscard]] std::vector<std::vector<int>> units() const;

 private:
  std::map<std::tuple<int, int, SegmentKind>, const SegmentRecord*> segments_;
  std::vector<int> blocks_;
};

/// Of values by block: one for each unit, by its last block that has a value; the mean of those
/// that its blocks have.
[[nodiscard]] std::map<int, double> unit_means(const std::vector<std::vector<int>>& units,
                                               const std::map<int, double>& by_block);
[[nodiscard]] std::vector<double> values_of(const std::map<int, double>& by_block);

/// A value of one valid segment, if it has it. Must be positive.
using SegmentValue = std::function<std::optional<double>(const SegmentRecord&)>;

/// One pair for each of units(): a block, or a launch, for which the means of its blocks stand.
struct Pairs {
  std::vector<int> blocks;          // that gave a pair, ascending; of a launch the last
  std::vector<double> off, on;      // in block order, the same length
  std::vector<double> log_ratios;   // ln(on / off)
  bool of_launches = false;         // processes are kept
  int measured = 0;                 // units in which both segments were measured
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

// The plan of a run: every segment in order, with its seeds. All randomness is spent here, so that
// a run can be repeated from (suite, seed) and nothing later draws lots.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "harness/core/gate/segment_kind.h"
#include "harness/core/suite/suite.h"

namespace tracetax {

struct Cell {
  int target = 0;    // index into Suite::targets
  int scenario = 0;  // index into Suite::scenarios
  int level = 0;     // index into LoadShape::levels
};

/// Whether segments of `kind` are measured in `cell`. Full speed is no load level: one cell of
/// those that differ in the level alone measures it.
[[nodiscard]] inline bool measured_in(const Cell& cell, SegmentKind kind) {
  return kind == SegmentKind::open || cell.level == 0;
}

struct SegmentSpec {
  int cell = 0;
  int block = 0;
  int position = 0;  // within the block
  int arm = 0;
  SegmentKind kind = SegmentKind::open;
  std::uint64_t arrival_seed = 0;  // the same for all arms of a block and cell: paired arrivals
  std::uint64_t id_seed = 0;       // fresh per segment: never one trace id twice
  int slices = 1;           // of its measured time, in turns with the other arms of its block
  int environment_pad = 0;  // bytes of padding in the environment, against layout bias
};

struct Plan {
  std::uint64_t seed = 0;
  std::vector<Cell> cells;
  std::vector<SegmentSpec> segments;  // block by block; in each, all cells in a fresh random order
  /// Blocks after those, in the same form. A cell moves its own into `segments` when it measures
  /// them, in place of blocks that it lost to chance.
  std::vector<SegmentSpec> spares;
};

/// In what order `count` segments that take turns have their slices in one round, as places in the
/// block. The order is uniform, drawn from the seed of the arrivals that they share. It is fresh in
/// every round, so that no arm always follows the same other arm.
[[nodiscard]] std::vector<int> slice_order(std::size_t count, std::uint64_t arrival_seed,
                                           int round);

/// Every block holds all cells, and each of them every arm once per segment kind, so that cells can
/// be compared in pairs too. Both orders are fresh and uniform in every block (Fisher-Yates on a
/// SplitMix64 stream, so that the order does not depend on the standard library). With spare blocks
/// the design's own stay the same.
[[nodiscard]] Plan make_plan(const Suite& suite, std::uint64_t seed, int spare_blocks = 0);

}  // namespace tracetax

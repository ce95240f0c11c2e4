// What void segments say about those to come: bad luck, which another block may escape, or a cause
// that none would.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>

#include "harness/core/run_result.h"

namespace tracetax {

struct LostCause {
  std::string arm;  // that met it first
  std::string why;  // one sentence, with the remedy as far as it is known
};

/// Why a cell need not be measured further: two segments met the same cause, and none of their arm
/// escaped it. Such causes are a target that does not come
/// up, dies, or does not stop; answers most of which are errors; traces most of which are wrong or
/// none of which comes. Lost spans are none, nor is whatever the driver or the machine did.
[[nodiscard]] std::optional<LostCause> lost_cause(std::span<const SegmentRecord> segments,
                                                  int cell);

/// How many blocks of `cell` were lost to the rate (with the time-outs that come of it), the driver
/// or the machine alone, so that others may take their place. 0 if not one block is whole: then it
/// was no chance.
[[nodiscard]] int blocks_lost_to_chance(std::span<const SegmentRecord> segments, int cell);

/// How many blocks may take the place of such blocks: half as many as were planned.
[[nodiscard]] inline int spare_blocks_of(const Design& design) { return design.blocks / 2; }

}  // namespace tracetax

// An amount in one arm, and how much more it is than in another arm of the same blocks: a
// difference and no ratio, since what an arm adds may be added to nothing.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "harness/analysis/pairs/pairing.h"
#include "harness/core/text/effect_text.h"

namespace tracetax {

struct PairedAmount {
  int blocks = 0;                     // that gave both
  int measured = 0;                   // with and without
  std::optional<double> value, base;  // of the arm, of the other; over those blocks
  std::optional<double> more;         // value less base, block by block
  std::optional<Interval> interval;   // of `more`, 95 %; none with fewer than six blocks

  [[nodiscard]] bool is_more() const { return interval && interval->low > 0; }
  [[nodiscard]] bool is_less() const { return interval && interval->high < 0; }
};

/// Hodges-Lehmann estimates and the exact signed-rank interval (harness/stats/signed_rank.h) over
/// the blocks in which both segments are valid and have the value, which may be 0.
[[nodiscard]] PairedAmount paired_amount(const CellSegments& segments, int base_arm, int arm,
                                         const SegmentValue& value);

}  // namespace tracetax

// Ranks as far as the intervals tell: "1-3" where the first three cannot be told apart. Never one
// number out of several metrics.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "harness/core/text/effect_text.h"

namespace tracetax {

struct RankRange {
  int first = 0, last = 0;  // 1 is best
  friend bool operator==(const RankRange&, const RankRange&) = default;
};

/// For each interval: first = 1 + how many lie wholly on its better side; last = how many there
/// are, less those wholly on its worse side. Intervals that touch overlap. A target without an
/// interval has no rank and does not count for the others. Each interval holds at its own level;
/// all of them at once hold less often.
[[nodiscard]] std::vector<std::optional<RankRange>> rank_ranges(
    std::span<const std::optional<Interval>> intervals, bool higher_is_better);

}  // namespace tracetax

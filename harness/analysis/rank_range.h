// Ranks as far as paired differences tell: "1-3" where the first three cannot be told apart. Never
// one number out of several metrics.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <span>
#include <vector>

namespace tracetax {

struct RankRange {
  int first = 0, last = 0;  // 1 is best
  friend bool operator==(const RankRange&, const RankRange&) = default;
};

/// What was measured of one target, by block, on a scale on which differences count: logarithms, or
/// amounts.
using BlockValues = std::map<int, double>;

/// For each target: first = 1 + how many are better; last = how many there are, less those that are
/// worse. Two targets are told apart by the exact signed-rank test of their paired differences over
/// the blocks that have both, so what a block did to all its targets is no difference between them.
/// All pairs of targets are tested together: of those told apart 5 % are so by chance, on average
/// (Benjamini and Hochberg). A target with fewer than six blocks has no rank and does not count for
/// the others.
[[nodiscard]] std::vector<std::optional<RankRange>> rank_ranges(
    std::span<const BlockValues> targets, bool higher_is_better);

}  // namespace tracetax

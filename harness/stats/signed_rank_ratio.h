// How many times as large one thing is as another, from pairs, where either may be negative by
// chance: two costs that are differences themselves.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

namespace tracetax {

struct SignedRankRatio {
  double ratio = 0, low = 0, high = 0;
  double coverage = 0;  // of the interval
};

/// The ratio q for which numerators[i] - q denominators[i] have their Hodges-Lehmann estimate at 0,
/// and all q for which their signed-rank interval holds 0 (Fieller's idea with ranks in place of
/// means). So no pair is divided by a small number. Nothing if the sizes differ, with too few pairs
/// for an interval, or if the denominators' own interval is not above 0: then q has no bounds.
[[nodiscard]] std::optional<SignedRankRatio> signed_rank_ratio(std::span<const double> numerators,
                                                               std::span<const double> denominators,
                                                               double level);

}  // namespace tracetax

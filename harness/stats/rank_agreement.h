// Do two ways of measuring rank the same subjects alike? Kendall's tau of their medians over
// blocks, with an interval that says how much of it the blocks alone would change.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>

namespace tracetax {

/// One subject, measured in two ways, by block.
struct TwoWays {
  std::map<int, double> x, y;
};

struct RankAgreement {
  double tau = 0;            // of the medians over all blocks
  double low = 0, high = 0;  // the middle 95 % of the resamples
  int subjects = 0;          // that have both
  int resamples = 0;         // that gave a tau
};

/// Block bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, chapters 8 and 13): as
/// many blocks as there are, drawn with replacement, the same for all subjects and both ways, so
/// that what blocks do to all of them stays together. The interval is of percentiles, and tells
/// nothing of other machines or other subjects. Subjects without x or without y are left out.
/// Nothing for fewer than three subjects. Deterministic in `seed`. Values must be finite.
[[nodiscard]] std::optional<RankAgreement> rank_agreement(std::span<const TwoWays> subjects,
                                                          int resamples, std::uint64_t seed);

}  // namespace tracetax

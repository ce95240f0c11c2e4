// Whether arms should take turns, told by a short pilot. Turns need no model of what neighbours do,
// because all arms meet the same ones. But each slice begins on cold caches. On a quiet machine
// that can cost more than it gives.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

namespace tracetax {

struct SliceChoice {
  double in_turns_pct = 0;           // by how much one pair would spread, standard deviation
  double one_after_another_pct = 0;  // the same without turns
  [[nodiscard]] bool turns() const { return in_turns_pct <= one_after_another_pct; }
};

/// From the costs of two runs of the same arm that took turns: first[i] and second[i] of round i,
/// all positive. `slices` is how many make a segment. In turns, a pair is the mean of as many
/// paired slices. One after another, it is two stretches of as many slices that follow each other;
/// how far those differ is read off the same series, over all places where two stretches fit. What
/// differs from launch to launch is the same either way and is left out. Pure. Nothing with fewer
/// than 8 rounds.
[[nodiscard]] std::optional<SliceChoice> choose_slices(std::span<const double> first,
                                                       std::span<const double> second, int slices);

}  // namespace tracetax

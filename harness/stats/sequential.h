// Looking at the data before all of it is there, without more false alarms: planned looks, with the
// error spent over them, and a p-value that is valid whenever one stops. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

namespace tracetax {

/// A planned look: after so many pairs, with this share of the whole error.
struct Look {
  int pairs = 0;
  double alpha = 0;  // one-sided, in (0, 1)
  friend bool operator==(const Look&, const Look&) = default;
};

/// The whole error of the looks: their sum.
[[nodiscard]] double total_alpha(std::span<const Look> looks);

/// What one look found.
struct LookP {
  Look look;
  double p = 1;
};

/// The smallest p_k * alpha / alpha_k of the looks done, at most 1. `alpha` is the whole error of
/// all planned looks. Under the null P(p~ <= alpha) <= alpha, by the union bound: however the looks
/// depend on each other, and whenever one stops. 1 without a look. (Bonferroni over looks with
/// unequal weights, as in alpha spending; Lan & DeMets 1983 for the idea.)
[[nodiscard]] double sequential_p(std::span<const LookP> looks, double alpha);

}  // namespace tracetax

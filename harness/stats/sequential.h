// Looking at the data before all of it is there, without paying for it in false alarms: planned
// looks with the error spent over them, and the p-value that is valid whenever one stops. Pure.
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

/// min over the looks done of p_k * alpha / alpha_k, at most 1: by the union bound P(p~ <= alpha)
/// <= alpha under the null, however the looks depend on each other and whenever one stops. `alpha`
/// is the whole error of all planned looks. 1 without a look. (Bonferroni over looks with unequal
/// weights, as in alpha spending; Lan & DeMets 1983 for the idea.)
[[nodiscard]] double sequential_p(std::span<const LookP> looks, double alpha);

}  // namespace tracetax

// The probability of a count: binomial and hypergeometric, to near rounding error for any n. Not
// through log-gamma, whose own size at n = 1e9 leaves five digits of the difference that is meant.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tracetax {

/// P(X = k), X ~ Binomial(n, p), k <= n, 0 <= p <= 1. Relative error below 1e-12 up to n = 1e9, if
/// p is exact. (Loader 2000, Fast and accurate computation of binomial probabilities.)
[[nodiscard]] double binomial_mass(std::uint64_t k, std::uint64_t n, double p);

/// P(k of the n_1 are among `successes` drawn from n_1 + n_2 without putting back). k <= n_1 and
/// successes - k <= n_2; both n above 0 and 0 < successes < n_1 + n_2.
[[nodiscard]] double hypergeometric_mass(std::uint64_t k, std::uint64_t n_1, std::uint64_t n_2,
                                         std::uint64_t successes);

}  // namespace tracetax

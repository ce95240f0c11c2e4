// Several tests at once: Holm's step-down correction, and Benjamini and Hochberg's step-up one.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

namespace tracetax {

/// Holm-adjusted p-values, in the order of `p`: rejecting where the adjusted value is at most alpha
/// keeps the chance of any false rejection at alpha, whatever the dependence. (Holm 1979,
/// Scandinavian Journal of Statistics 6.) Values must be in [0, 1].
[[nodiscard]] std::vector<double> holm_adjusted(std::span<const double> p);

/// Benjamini-Hochberg-adjusted p-values, in the order of `p`: of what is rejected where the
/// adjusted value is at most alpha, a share of alpha is false, on average over runs. If nothing is
/// there to be found, that is the chance of any rejection. Proven for tests that are independent or
/// depend positively. (Benjamini & Hochberg 1995, JRSS B 57; Benjamini & Yekutieli 2001, Annals of
/// Statistics 29.) Values must be in [0, 1].
[[nodiscard]] std::vector<double> benjamini_hochberg_adjusted(std::span<const double> p);

}  // namespace tracetax

// Several tests at once: Holm's step-down correction.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

namespace tracetax {

/// Holm-adjusted p-values, in the order of `p`: rejecting where the adjusted value is at most alpha
/// keeps the chance of any false rejection at alpha, whatever the dependence. (Holm 1979,
/// Scandinavian Journal of Statistics 6.) Values must be in [0, 1].
[[nodiscard]] std::vector<double> holm_adjusted(std::span<const double> p);

}  // namespace tracetax

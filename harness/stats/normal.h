// The standard normal distribution.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tracetax {

/// Its quantile function, to 1e-12 of the larger of 1 and the result. 0 < p < 1; beyond that, and
/// for what lies more than 38 deviations out, -38 or 38.
[[nodiscard]] double normal_quantile(double p);

}  // namespace tracetax

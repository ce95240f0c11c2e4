// Shares, amounts and their intervals as table T3 and its sentences write them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "reports/samplers/sampler_rows.h"

namespace tracetax {

/// "9.8 % [8.1, 11.7]"; "-" of nothing.
[[nodiscard]] std::string share_text(const Share& share);
/// "9.8": per cent alone.
[[nodiscard]] std::string bare_share(const Share& share);
/// What is more than in the other arm: "5.6 us [5.3, 5.9]", "~ 0.1 us [-0.2, 0.4]" where it is not
/// told from 0, "5.6 us (4 of 5)" without an interval, "-" without a value. `scale`: what an amount
/// is multiplied by to be in `unit`.
[[nodiscard]] std::string more_text(const PairedAmount& amount, std::string_view unit,
                                    double scale = 1);
/// The arm's own: "18.2 us".
[[nodiscard]] std::string own_text(const PairedAmount& amount, std::string_view unit,
                                   double scale = 1);

}  // namespace tracetax

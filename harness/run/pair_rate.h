// At what rate the second half of a pair is measured.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "harness/core/run_result.h"

namespace tracetax {

/// The rate, in requests/s, of the cell of the same pair, scenario and level that stands before
/// `cell`; none if `cell` has no such one, or its rate is not known. CPU per request falls as the
/// rate rises, so a framework and its emulation are compared at one rate: that of the half which
/// the plan has first, the real one.
[[nodiscard]] std::optional<double> rate_of_other_half(const RunResult& result, std::size_t cell);

}  // namespace tracetax

// What would be right, where a segment went wrong: computed from what was asked and what came.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "harness/core/run_result.h"
#include "harness/core/text/units.h"

namespace tracetax {

/// Of a target that was asked for `asked` requests per second and answered `achieved`: "lower the
/// rate: --set load.rate=1000/s", a little below what it can do; as a share of its capacity where
/// that is how `offered` says it. "lower the rate" if it answered nothing.
[[nodiscard]] std::string lower_rate(const std::optional<OfferedRate>& offered, double asked,
                                     double achieved);

/// What the most frequent kind of error says about the target, and what to do. `errors` by kind, as
/// ErrorCounts in harness/load/session/error_tally.h; must not be empty.
[[nodiscard]] std::string error_hint(const std::map<std::string, std::uint64_t>& errors);

/// Whether an overload makes errors of this kind: time-outs, and what was not answered in the end.
[[nodiscard]] bool comes_of_overload(const std::string& kind);

/// What is wrong with every trace alike and so no loss: none came, each has the same other number
/// of spans, or they came unasked. `exports`: whether they had to come. Nothing if it is none of
/// these.
[[nodiscard]] std::optional<std::string> receipt_hint(const Receipt& receipt, bool exports);

}  // namespace tracetax

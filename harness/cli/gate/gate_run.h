// Measuring for a verdict: a look at the data before every block, and an end when the verdict is
// settled or the time is up. What gate and selftest share.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "harness/run/runner.h"

namespace tracetax {

/// To be given as MeasureRequest::look. Time counts from this call.
[[nodiscard]] std::function<BlockAdvice(const RunResult&, int cell)> look_for_verdict(
    std::optional<Nanos> longest);

}  // namespace tracetax

// A warm-up that lasts until CPU per request falls no more, or until its limit.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include "harness/core/run_result.h"
#include "harness/run/meter/cpu_meter.h"

namespace tracetax {

/// How long a window is: a second, in which every target has exported and collected, or as long as
/// 100 requests take at `rate`.
[[nodiscard]] Nanos steady_window(double rate);

/// Loads the target window by window: `run` is one window of the load, and says how
/// many requests were answered.
/// Ends when is_steady() says so after 5,000 requests and design.warmup; when another window would
/// not fit into design.warmup_limit; and when nothing is answered or nothing is left of the tree,
/// which is for what follows to tell.
[[nodiscard]] WarmUp warm_up_until_steady(
    const MeteredTree& tree, const Design& design, Nanos window,
    const std::function<std::uint64_t(std::uint64_t number)>& run);

}  // namespace tracetax

// What a run says while it goes on: one effect, for the progress line.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "harness/core/run_result.h"

namespace tracetax {

/// "on@100% cpu +7.9 % [+5.8, +10.1]": CPU per request of the last traced arm against its
/// reference, over the blocks of `cell` so far; "on@100% cpu +7.9 % (n = 3)" where they are too few
/// for an interval. Empty: there is no pair yet.
[[nodiscard]] std::string effect_so_far(const RunResult& result, int cell);

}  // namespace tracetax

// Why a run that is judged can have no verdict. A single segment that lost spans, answered wrongly
// or whose target died makes a verdict impossible: tracing that loses spans looks cheap. Segments
// lost to the driver or the machine cost a pair each, up to a share.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/core/run_result.h"

namespace tracetax {

/// Whether `lost` of `all` blocks or pairs that were measured are too many for a verdict: more than
/// a quarter, and more than the three that any run may lose. (A plan has a third more blocks than
/// the last look needs pairs.)
[[nodiscard]] bool are_too_many_lost(int lost, int all);
/// Error shares that differ between arms at this level, and a sham arm that moved at it.
inline constexpr double kUnlikely = 0.01;

/// Every reason, in words, with what to do. `looked_at` is the last block that a look has seen.
/// What is judged by a p-value is judged on the blocks up to that one. Otherwise each new block
/// would be another chance of a false alarm.
[[nodiscard]] std::vector<std::string> find_invalidity(const RunResult& result, int cell,
                                                       int looked_at);

/// The first segment of this kind, of off or of `arm`, that no number may be made with: spans lost,
/// wrong answers, a target that died. In words; nothing if there is none.
[[nodiscard]] std::optional<std::string> find_spoiled(const RunResult& result, int cell, int arm,
                                                      SegmentKind kind);

}  // namespace tracetax

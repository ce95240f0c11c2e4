// What looks at the arms of one cell say: a line per check, with a remedy where something is wrong.
// Pure. What is refused would be void in every segment, or would not show what was asked for.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "harness/core/check_line.h"
#include "harness/core/suite/suite.h"
#include "harness/run/doctor/arm_look.h"

namespace tracetax {

/// Of all looks together.
inline constexpr Nanos kLongestExamination{std::chrono::seconds{20}};

/// Ready, answers, keeps connections, lives, keeps up, can be metered, is warm.
[[nodiscard]] std::vector<CheckLine> service_checks(const Suite& suite,
                                                    std::span<const ArmLook> looks);

/// Traces, goes on with its caller's trace, honours the flag, is off when off, as many spans as
/// said, flushes.
[[nodiscard]] std::vector<CheckLine> span_checks(const Suite& suite,
                                                 std::span<const ArmLook> looks);

/// Whether the design can give what is asked for at that rate.
[[nodiscard]] std::vector<CheckLine> design_checks(const Suite& suite,
                                                   std::span<const ArmLook> looks);

/// All of them, in this order.
[[nodiscard]] std::vector<CheckLine> check_lines(const Suite& suite,
                                                 std::span<const ArmLook> looks);

/// Whether CPU per request still fell, window by window after the first, by as much as would void a
/// segment (warm.h). The first window holds what happens once, in any runtime.
[[nodiscard]] bool still_falls(const std::vector<double>& window_costs_us);

}  // namespace tracetax

// Processes that stay up across blocks, where each would need long to be warm. Then blocks of one
// launch have its peculiarities in common, and the launch is what counts as one: docs/decisions.md.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/suite/suite.h"

namespace tracetax {

/// Blocks on one launch, where the suite does not say. Between 2 and 4 tell most in a given time if
/// a warm-up takes two to eight times as long as the rest of a segment, and blocks spread somewhat
/// more than launches do (Kalibera & Jones 2013, section 6: the root of costs times variances).
inline constexpr int kBlocksPerLaunch = 3;
/// Launches to plan, where the suite does not say how many blocks: a 95 % interval needs six, and
/// some may be lost.
inline constexpr int kLaunchesPlanned = 8;

/// Whether the processes of `suite` outlive their segments. Where nobody has said, they do not.
[[nodiscard]] bool keeps_processes(const Suite& suite);

/// How many blocks count as one: those of a launch.
[[nodiscard]] int blocks_per_unit(const Suite& suite);

/// Whether they could: each arm needs a process and a sink of its own, so not where a target
/// already runs or a sink has a given port.
[[nodiscard]] bool can_keep_processes(const Suite& suite);

/// From now on they do: for a suite that leaves it open, once its targets were seen to need it. Its
/// blocks become enough for so many launches, if there are fewer: kLaunchesPlanned, or the pairs
/// that a gate plans for.
void keep_processes(Suite& suite, int launches = kLaunchesPlanned);

}  // namespace tracetax

// A neighbour on the same core. Two hardware threads of a core share its units. If another program
// or another virtual machine runs on the other thread, the same request costs up to twice the CPU
// time. This comes in bursts of a tenth of a second to some seconds. No counter of the guest shows
// it: it is not steal time.
//
// But a short loop in registers alone shows it. On a core of its own it takes a fixed time, and
// beside a neighbour up to 1.8 times that. Nothing that the target does to caches can slow it. So
// while a segment is measured, such a loop runs on the target's CPUs for a quarter of a percent of
// the time (harness/run/meter/core_probe.h). CPU per request and capacity are given as on a core of
// one's own.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "harness/core/run_result.h"

namespace tracetax {

/// How the cores of a run were shared while its segments were measured.
struct SharedCores {
  double alone_ns = 0;            // the loop on a core of one's own; 0: not probed
  std::vector<double> slowdowns;  // of the loop, one per probed open segment: 1 = alone
  std::map<SegmentKind, std::vector<double>> gammas;  // one per cell; 0: nothing is corrected there

  [[nodiscard]] int corrected(SegmentKind kind) const;  // cells
};

/// How much slower the loop was in `segment` than alone; nothing without `alone_ns` or probes.
/// Below 1 where the clock was faster than usual.
[[nodiscard]] std::optional<double> slowdown(const SegmentRecord& segment, double alone_ns);

/// Pure. Let s be the slowdown of a segment. gamma * ln(s) is taken off the logarithm of a
/// request's time: of its CPU at the offered rate, of its whole time in the closed loop.
///
/// Gamma is the least-squares slope over the blocks of all cells. Each block counts by the means
/// over all its arms, and each cell is taken about its own mean. These means stay what they are if
/// arms change places in a block, and so does gamma. So, given gamma, the sign of a paired
/// difference is as fair a coin as without the correction, and the signed-rank test stays exact (a
/// permutation test given what the permutations leave alone: Lehmann & Romano, Testing Statistical
/// Hypotheses, chapter 15). What else was tried: docs/decisions.md, "CPU on shared cores".
///
/// What the loop takes alone is the 10th percentile of the segments' fastest times. Nearly every
/// segment has quiet moments, and the very fastest had a clock that the others had not.
///
/// Gamma is between 0 and 1.5. It is 0 where it cannot be told: with fewer than 6 blocks in which
/// every arm has a value, or with a slowdown that hardly changes. (An arm that has no value in half
/// of the blocks does not count.) If a cell has a segment that counts and was not probed, the cell
/// has no part in gamma and is not corrected, because a correction of some arms only would be a
/// bias.
[[nodiscard]] SharedCores shared_cores(const RunResult& result);

/// Sets alone_factor of every segment from the probes: slowdown ^ -gamma.
void correct_for_shared_cores(RunResult& result);

}  // namespace tracetax

// A neighbour on the same core. Two hardware threads of a core share its units: a program, or
// another virtual machine, that runs on the other one makes the same request cost up to twice the
// CPU time, in bursts of a tenth of a second to some seconds, and no counter of the guest tells (it
// is not steal). But a short loop in registers alone tells: it takes a fixed time on a core of its
// own and up to 1.8 times that beside a neighbour, and nothing that the target does to caches can
// slow it. So while a segment is measured, such a loop runs on the target's CPUs a quarter of a
// percent of the time (harness/run/meter/core_probe.h), and CPU per request and capacity are given
// as on a core of one's own.
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

/// Pure. What is taken off the logarithm of a request's time (CPU at the offered rate, the whole of
/// it in the closed loop) is gamma times that of the slowdown. Gamma is the least-squares slope
/// over the blocks of all cells, each block with the means of all its arms, each cell about its own
/// mean. Those stay what they are if arms change places in a block, and so does gamma: given gamma,
/// the sign of a paired difference is as fair a coin as without the correction, and the signed-rank
/// test stays exact (a permutation test given what the permutations leave alone: Lehmann & Romano,
/// Testing Statistical Hypotheses, chapter 15). Slopes within the arms are more efficient by some
/// percent, but not exact; a slope for each cell follows its noise and makes levels of cells
/// incomparable: see docs/decisions.md, "CPU on shared cores".
///
/// Alone is what the segments at their fastest came to, the 10th percentile of them: nearly every
/// segment has quiet moments, and the very fastest had a clock that the others had not. Gamma, 0
/// to 1.5, is 0 where it cannot be told: fewer than 6 blocks in which every arm has a value (arms
/// that have none in half of the blocks do not count), or a slowdown that hardly changes. A cell
/// with a segment that counts and was not probed neither teaches nor is corrected, for a correction
/// of some arms only would be a bias.
[[nodiscard]] SharedCores shared_cores(const RunResult& result);

/// Sets alone_factor of every segment from the probes: slowdown ^ -gamma.
void correct_for_shared_cores(RunResult& result);

}  // namespace tracetax

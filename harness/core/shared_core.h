// A neighbour on the same core. Two hardware threads of a core share its units: a program, or another
// virtual machine, that runs on the other one makes the same request cost up to twice the CPU time, in
// bursts of a tenth of a second to some seconds, and no counter of the guest tells (it is not steal).
// But a short loop in registers alone tells: it takes a fixed time on a core of its own and up to 1.8
// times that beside a neighbour, and nothing that the target does to caches can slow it.
//
// So while a segment is measured, such a loop runs on the target's CPUs a quarter of a percent of the
// time (harness/run/core_probe.h), and CPU per request and capacity are given as on a core of one's own:
// within a cell, log(CPU per request) = level of the arm + gamma log(slowdown), gamma by least squares
// over the valid segments, each against the mean of its arm (analysis of covariance: Fisher, Statistical
// Methods for Research Workers, chapter 8); in the closed loop the time per request takes the place of
// the CPU. Who is a neighbour when does not depend on the arm, for the order of the arms is random; so
// the correction moves no difference between arms on average, it only takes out what the neighbours
// added to their spread. SPDX-License-Identifier: Apache-2.0
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

  [[nodiscard]] bool corrects() const;  // anything at all
};

/// How much slower the loop was in `segment` than alone; nothing without `alone_ns` or probes. Below 1 where the
/// clock was faster than usual.
[[nodiscard]] std::optional<double> slowdown(const SegmentRecord& segment, double alone_ns);

/// Pure. Alone is what the segments at their fastest came to, the 10th percentile of them: nearly every segment
/// has quiet moments, and the very fastest had a clock that the others had not. A gamma is 0 where it cannot
/// be told: fewer than 8 segments more than arms, or a slowdown that hardly changes; it is at most 1.5.
[[nodiscard]] SharedCores shared_cores(const RunResult& result);

/// Sets alone_factor of every segment from the probes: slowdown ^ -gamma.
void correct_for_shared_cores(RunResult& result);

}  // namespace tracetax

// One question of a gate put to the data: the paired differences tested against their bound at
// every look that was reached. What depends on the other tests (Holm, the verdict) is
// judgement.cc's.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "harness/analysis/gate/judgement.h"
#include "harness/analysis/pairs/pairing.h"
#include "harness/core/run_result.h"

namespace tracetax {

/// Who is compared with whom in what.
struct GateQuestion {
  int cell = 0;
  GateMetric gated;
  Question question = Question::budget;
  int reference = 0, arm = 0;  // indices into Suite::arms
};

/// Everything of the test but p_fail_holm, verdict and reason. `result.gate` must be complete.
/// Differences point so that larger is worse: ln(arm / reference), or its negative where more is
/// better; where the absolute bound is the larger one (at the median of the reference), the plain
/// difference.
[[nodiscard]] GatedTest run_test(const GateQuestion& question, const CellSegments& segments,
                                 const RunResult& result);

/// The numbers of pairs at which other tests of the same blocks may be made: those of the looks.
/// With the anytime rule also the first six pairs, because that rule may end a run before the first
/// look.
[[nodiscard]] std::vector<int> checkpoints_of(const GateSpec& gate);

/// The block with which the last checkpoint of a test was complete: what came later was not looked
/// at. -1 before the first.
[[nodiscard]] int last_block_looked_at(const GateQuestion& question, const CellSegments& segments,
                                       const RunResult& result);

}  // namespace tracetax

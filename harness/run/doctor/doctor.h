// The look before a run: each arm of each cell once, some seconds each, at most 20 s in all
// (kLongestExamination).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "harness/core/check_line.h"
#include "harness/run/doctor/arm_look.h"
#include "harness/run/doctor/checks.h"
#include "harness/run/runner.h"

namespace tracetax {

struct Examination {
  std::vector<ArmLook> looks;
  std::vector<CheckLine> lines;
  double took_s = 0;
};

/// Which targets are worth a look.
enum class LookAt { all, not_emulated };

/// Looks at `off` and at every arm that is started in another way, the one that samples most first;
/// an arm that differs from one before in its rate alone is not looked at. What there was no time
/// for is said in a line. One interrupt ends it. Error as from execute(); (interrupted) if it was
/// ended so.
[[nodiscard]] Result<Examination> examine(const Suite& suite, const RunnerOptions& options,
                                          LookAt what, Nanos longest = kLongestExamination);

}  // namespace tracetax

// What gate prints beside the reports: the plan of a dry run, and what GitHub Actions reads.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "harness/analysis/comparison.h"
#include "harness/core/gate/gate_spec.h"
#include "harness/core/run_result.h"
#include "harness/core/text/error.h"

namespace tracetax {

/// Arms, questions, looks and the wall time up to each.
[[nodiscard]] std::string describe_plan(const Suite& suite, const GateSpec& gate);

/// Appends the verdict to the job summary ($GITHUB_STEP_SUMMARY) and `verdict` and `overhead_pct`
/// to the step's outputs ($GITHUB_OUTPUT), where these are set. No overhead of an invalid run.
[[nodiscard]] Status tell_github(const RunResult& result, const Analysis& analysis);

}  // namespace tracetax

// What is looked at before anything is launched: that the program or the address of every target is
// there, all mistakes at once; and what is written down about each target.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "harness/core/run_result.h"
#include "harness/core/text/error.h"
#include "harness/run/runner.h"
#include "harness/run/sink/sink_ports.h"

namespace tracetax {

/// Error (usage) with one line per mistake.
[[nodiscard]] Status check_targets(const Suite& suite, const RunnerOptions& options);

/// One per target. Variables show {port} as written, for it changes with every launch. Of a real
/// target also what it is made of, and what Go's runtime is told on `target_cpus` CPUs. `sinks`: by
/// arm.
[[nodiscard]] std::vector<SubjectFacts> describe_subjects(const Suite& suite,
                                                          const RunnerOptions& options,
                                                          const std::vector<SinkPorts>& sinks,
                                                          int target_cpus);

}  // namespace tracetax

// In what two stored runs differ before any number of theirs is looked at: suite, machine,
// programs, rates, design. Some differences forbid comparing them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "harness/core/run_result.h"

namespace tracetax {

struct RunDifference {
  std::string what;           // "suite digest", "rate of gin / get-user", "design.measure"
  std::string before, after;  // as text; "-" where one has nothing
  bool forbids = false;       // the ratios of these runs do not answer the same question
};

/// If the suite's digest or the machine's fingerprint differ, or a run has none, that forbids a
/// comparison. Everything else that is recorded is told beside it: the machine's facts, load and
/// design as resolved, offered rates more than 2 % apart, each target's program, command, state of
/// off and environment (but for the sink's ports), pinning, and the build of tracetax.
[[nodiscard]] std::vector<RunDifference> find_differences(const RunResult& before,
                                                          const RunResult& after);

}  // namespace tracetax

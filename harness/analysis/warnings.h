// Warnings: what a reader must know beside the numbers of a run. They never change a number or a
// word.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "harness/analysis/comparison.h"
#include "harness/core/run_result.h"

namespace tracetax {

/// The run's own warnings, then: words that rest each on its own, a sham arm that moved, `off` that
/// costs what tracing without a sample costs, driver lag that differs between arms, drift of the
/// off arm, stolen or throttled CPU, a build not meant for measuring, answers that differ between
/// arms, memory that grows, spans lost as an arm expects, and the segments' own warnings, each text
/// once. What depends on a pair needs six blocks.
[[nodiscard]] std::vector<std::string> find_warnings(const RunResult& result,
                                                     const Analysis& analysis);

}  // namespace tracetax

// What a run found, in plain sentences: the part of every report that people quote.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/analysis/comparison.h"
#include "harness/core/run_result.h"
#include "reports/words/arm_totals.h"

namespace tracetax {

/// "18.1 us", "1.2 ms", "9.21 k/s", "12.3 MiB"; "-" for nothing.
[[nodiscard]] std::string format_value(Metric metric, std::optional<double> value);

/// "gin (emulated; not yet measured beside the real one; off = absent, 10 k/s)": what was measured,
/// without which no number of it can be quoted. See held_words.h.
[[nodiscard]] std::string subject(const RunResult& result, int cell);

/// "Tracing my-service (off = noop, 10 k/s) at 100 % sampling costs +31.2 % CPU per request
/// [+28.4, +34.1]: 5.61 us on 18.1 us; ..." The arm that samples most leads; without any number it
/// says why there is none.
[[nodiscard]] std::string answer(const RunResult& result, const Analysis& analysis, int cell);

/// "Noise floor: off2, the same as off, differs from it by ..." Empty without a sham arm.
[[nodiscard]] std::string noise_floor(const RunResult& result, const Analysis& analysis, int cell);

/// How far the words of the tables may be trusted: "All 20 comparisons ..." Empty where each
/// is tested by itself, which is a warning, and where there are none.
[[nodiscard]] std::string word_rule(const Analysis& analysis);

/// One answer for all comparisons of the sham arms: "off2: no difference from off in any of 5
/// comparisons (...)." Empty without such comparisons.
[[nodiscard]] std::string sham_verdict(const RunResult& result, const Analysis& analysis);

/// "Cost model of gin (...), CPU per request: ..." or why there is none.
[[nodiscard]] std::string cost_model(const RunResult& result, const CostModel& model);

/// "In on@10% the response time of sampled requests differs from that of unsampled ones in the same
/// segments: p50 by ...": of the arm that samples most of those that sample a part. Empty without
/// one.
[[nodiscard]] std::string sampled_answer(const RunResult& result, const Analysis& analysis,
                                         int cell);

/// Why comparisons are void and what to be careful about, the same reason once: "void: CPU per
/// request of on@1%, on@10%: only 4 of ..."
[[nodiscard]] std::vector<std::string> remarks(const Analysis& analysis, int cell);

/// Each rule that segments broke, with the numbers and the advice of the first: "driver_lag in 3
/// segments; first in block 2, off: ..."
[[nodiscard]] std::vector<std::string> void_details(const RunResult& result, int cell);

/// Services that do not go on with their caller's traces, one sentence per arm: "on@10%: broken
/// propagation: service 'back' began 1,200 traces of its own, ..."
[[nodiscard]] std::vector<std::string> broken_propagation(const RunResult& result,
                                                          const std::vector<ArmTotals>& totals);

/// "complete: 50 of 50 segments measured, 48 valid"; "complete: ended after 10 of 26 blocks: every
/// required test has passed; 50 segments measured, 50 valid"; for a partial run why it is one.
[[nodiscard]] std::string run_state(const RunResult& result);

/// "open loop 3.33 k/s, poisson arrivals, 16 connections".
[[nodiscard]] std::string load_description(const RunResult& result, int cell);

/// The command that does the same again, with the seed.
[[nodiscard]] std::string command_to_repeat(const RunResult& result);

}  // namespace tracetax

// A verdict and its tests in words: what the terminal, pull requests and JUnit say of them. No
// number stands here without its interval.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/analysis/gate/judgement.h"
#include "harness/core/run_result.h"

namespace tracetax {

/// Stands over the numbers of a run whose verdict is invalid, where they are shown at all.
inline constexpr std::string_view kInvalidCaution =
    "The run is invalid: these numbers help to find the fault and are good for nothing else.";

/// "PASS", "FAIL", "INCONCLUSIVE", "INVALID".
[[nodiscard]] std::string loud_name_of(Verdict verdict);
/// A sign to stand before the word, never in its place.
[[nodiscard]] std::string_view sign_of(Verdict verdict);

/// "+8.1 % [+6.4, +9.9]"; "~ [-0.9, +1.3] %" where the interval holds 0; in the metric's unit where
/// that bound was tested: "+1.1 us [+0.9, +1.3]"; "-" without an interval.
[[nodiscard]] std::string effect_of(const GatedTest& test);
/// What was tested against, on the side of worse: "5 %", "5 us", "-5 %" of a capacity.
[[nodiscard]] std::string bound_of(const GatedTest& test);
/// Which arm is judged and why, and which traced ones are not; empty if all of them are.
[[nodiscard]] std::string judged_arms(const GateSpec& gate);
/// That, and of each amount that was tested against what it is in percent of the reference: "CPU
/// per request of on@10% against off: the budget of 5 us is 25 % of 20 us, the cost is +8.8 % [+8,
/// +9]."
[[nodiscard]] std::vector<std::string> what_was_judged(const RunResult& result,
                                                       const Judgement& judgement);
/// ", needs about 70 blocks" of an inconclusive test where that is known, else "".
[[nodiscard]] std::string blocks_needed(const GatedTest& test);
/// "CPU per request of on@10% against off", after the cell where there are several.
[[nodiscard]] std::string test_name(const RunResult& result, const GatedTest& test);

/// Blocks measured and planned, over all cells.
struct BlockCount {
  std::size_t measured = 0, planned = 0;
};
[[nodiscard]] BlockCount count_blocks(const RunResult& result);
/// "ended after 10 of 26 blocks: every required test has passed"; empty for a run that went
/// through all of its plan.
[[nodiscard]] std::string settled(const RunResult& result);
/// "3.4 min, 20 blocks", "1.7 min, ended after 10 of 26 blocks", "40 s, 4 of 26 blocks".
[[nodiscard]] std::string run_length(const RunResult& result);

/// The verdict, what it rests on most, and how long it took: "FAIL: my-service (off = noop, 10
/// k/s): tracing at 10 % costs +8.1 % CPU per request [+6.4, +9.9], budget 5 % (3.4 min, 20
/// blocks)".
[[nodiscard]] std::string headline(const RunResult& result, const Judgement& judgement);
/// Required tests of the headline's verdict that the headline does not name, a sentence each.
[[nodiscard]] std::vector<std::string> further_findings(const RunResult& result,
                                                        const Judgement& judgement);
/// "With 20 blocks this gate finds such a cost in 8 of 10 runs: +2.6 % CPU per request beyond its
/// budget.": of the required tests. Empty if none is known.
[[nodiscard]] std::string detectable(const RunResult& result, const Judgement& judgement);
/// "FAIL (cpu_per_request)": the verdict and the metrics that made it.
[[nodiscard]] std::string verdict_line(const Judgement& judgement);

}  // namespace tracetax

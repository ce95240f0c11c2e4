// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/gate/gate_run.h"

#include <algorithm>

#include "harness/analysis/gate/judgement.h"
#include "harness/cli/block_clock.h"
#include "harness/core/text/units.h"

namespace tracetax {
namespace {

/// "cpu +7.9 % [+5.8, +10.1]": the first required metric of the cell.
std::string describe_so_far(const Judgement& judgement, int cell) {
  for (const GatedTest& test : judgement.tests) {
    if (test.cell != cell || !test.required || !test.estimate_pct || !test.interval_pct) continue;
    return fmt::format("{} {}", short_name_of(test.metric),
                       format_effect(*test.estimate_pct, *test.interval_pct));
  }
  return "";
}

std::string why_settled(const Judgement& judgement, const RunResult& result, int cell) {
  if (!judgement.invalid.empty()) return "the run is invalid";
  bool failed = false, all_pass = true;
  for (const GatedTest& test : judgement.tests) {
    if (test.cell != cell || !test.required) continue;
    failed = failed || test.p_fail_holm <= result.gate->alpha;
    all_pass = all_pass && test.p_pass <= result.gate->alpha;
  }
  if (failed) return "a required test is sure to fail";
  return all_pass ? "every required test has passed" : "the last look is done";
}

}  // namespace

std::function<BlockAdvice(const RunResult&, int cell)> look_for_verdict(
    std::optional<Nanos> longest) {
  return [clock = BlockClock(longest)](const RunResult& result, int cell) mutable -> BlockAdvice {
    auto time_is_up = clock.why_stop(!result.segments.empty());
    const Judgement judgement = judge(result);
    BlockAdvice advice{.stop = {}, .so_far = describe_so_far(judgement, cell)};
    if (is_settled(judgement, result, cell)) {
      advice.stop = why_settled(judgement, result, cell);
    } else {
      advice.stop = std::move(time_is_up);
    }
    return advice;
  };
}

}  // namespace tracetax

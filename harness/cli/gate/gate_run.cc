// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/gate/gate_run.h"

#include <algorithm>

#include "harness/analysis/gate/judgement.h"
#include "harness/core/text/units.h"

namespace tracetax {
namespace {

using Clock = std::chrono::steady_clock;

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
  const auto began = Clock::now();
  Nanos longest_block{0};
  auto block_began = began;
  return [=](const RunResult& result, int cell) mutable -> BlockAdvice {
    const auto now = Clock::now();
    if (!result.segments.empty()) longest_block = std::max<Nanos>(longest_block, now - block_began);
    block_began = now;
    const Judgement judgement = judge(result);
    BlockAdvice advice{.stop = {}, .so_far = describe_so_far(judgement, cell)};
    if (is_settled(judgement, result, cell)) {
      advice.stop = why_settled(judgement, result, cell);
    } else if (longest && now - began + longest_block > *longest) {
      advice.stop = fmt::format("the time of {} is up", format_duration(*longest));
    }
    return advice;
  };
}

}  // namespace tracetax

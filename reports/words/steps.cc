// SPDX-License-Identifier: Apache-2.0
#include "reports/words/steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/core/text/units.h"
#include "reports/words/sentences.h"

namespace tracetax {
namespace {

std::string_view what_it_does(TracingState state) {
  switch (state) {
    case TracingState::absent:
      return "no instrumentation";
    case TracingState::noop:
      return "the tracing API is called and does nothing";
    case TracingState::drop:
      return "the SDK is asked and its sampler says no";
    case TracingState::record:
      return "spans are recorded and thrown away";
    case TracingState::exporting:
      return "spans are sent";
  }
  return "";
}

std::string found(const Comparison& step) {
  if (step.word == Word::void_) return "void";
  const std::string effect = format_effect(*step.estimate_pct, *step.interval_pct);
  if (step.word == Word::within_noise) return "within noise, " + effect;
  const double change_us = *step.off_value * *step.estimate_pct / 100;
  return fmt::format("{}, {}{} on {}", effect, change_us < 0 ? "-" : "",
                     format_nanos(std::abs(change_us) * 1e3),
                     format_value(step.metric, step.off_value));
}

}  // namespace

std::string steps(const RunResult& result, const Analysis& analysis, int cell) {
  const Cell& where = result.plan.cells.at(static_cast<std::size_t>(cell));
  const TargetSpec& target = result.suite.targets.at(static_cast<std::size_t>(where.target));
  std::string text;
  for (const Comparison& step : analysis.comparisons) {
    if (step.cell != cell || step.metric != Metric::cpu_per_request) continue;
    const auto arm = std::ranges::find(result.suite.arms, step.arm, &ArmSpec::name);
    if (arm == result.suite.arms.end() || arm->role == ArmRole::sham) continue;
    text += fmt::format("{} {} over {} ({}): {}", text.empty() ? ":" : ";", step.arm,
                        step.reference, what_it_does(state_of(*arm, target)), found(step));
  }
  return fmt::format("CPU per request of {}, step by step{}.", subject(result, cell), text);
}

}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "reports/words/short_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "harness/analysis/pairs/pairing.h"
#include "harness/core/text/units.h"
#include "reports/words/sentences.h"
#include "reports/words/target_kind.h"

namespace tracetax {
namespace {

/// "Emulated gin", "Real gin", or the name alone of a service of somebody's own.
std::string named(const RunResult& result, int cell) {
  const std::string_view kind = target_kind(result, cell);
  const std::string name = cell_name(result, cell);
  if (kind == name_of(TargetKind::emulated)) return "Emulated " + name;
  if (kind == name_of(TargetKind::real)) return "Real " + name;
  return name;
}

/// "100 % sampling", or "arm NAME" where the name says more than the rate.
std::string what_was_on(const Suite& suite, const std::string& arm) {
  const auto found = std::ranges::find(suite.arms, arm, &ArmSpec::name);
  if (found == suite.arms.end() || found->name != "on@" + format_sample_rate(found->rate))
    return "arm " + arm;
  return fmt::format("{:.4g} % sampling", 100 * found->rate.share());
}

/// "0.027 CPUs"
std::string cpus_text(double cpus) {
  return fmt::format("{:.2g} {}", cpus, cpus == 1 ? "CPU" : "CPUs");
}

}  // namespace

const Comparison* leading_comparison(const RunResult& result, const Analysis& analysis, int cell) {
  const Comparison* leading = nullptr;
  double most = -1;
  for (const Comparison& comparison : analysis.comparisons) {
    if (comparison.cell != cell || comparison.metric != Metric::cpu_per_request ||
        comparison.word == Word::void_ || !comparison.estimate_pct || !comparison.interval_pct ||
        !comparison.off_value)
      continue;
    const auto arm = std::ranges::find(result.suite.arms, comparison.arm, &ArmSpec::name);
    if (arm == result.suite.arms.end() || arm->role != ArmRole::traced || arm->rate.share() <= most)
      continue;
    leading = &comparison;
    most = arm->rate.share();
  }
  return leading;
}

std::string short_answer(const RunResult& result, const Analysis& analysis, int cell) {
  const Comparison* leading = leading_comparison(result, analysis, cell);
  if (leading == nullptr || !result.suite.reference.empty()) return answer(result, analysis, cell);
  const auto index = static_cast<std::size_t>(cell);
  const double rate = index < result.cell_rates.size() ? result.cell_rates[index] : 0;
  std::string text = named(result, cell);
  if (rate > 0) text += ", " + format_rate(rate);
  text += ": " + what_was_on(result.suite, leading->arm);
  const std::string change = format_percent(*leading->estimate_pct, *leading->interval_pct) +
                             " CPU " + format_interval(*leading->interval_pct) + " per request";
  if (leading->word == Word::within_noise)
    return fmt::format("{} costs nothing that can be told from noise: {}.", text, change);
  const double us = std::abs(*leading->off_value * *leading->estimate_pct / 100);
  text += fmt::format(" {} {} = {}", *leading->estimate_pct < 0 ? "saves" : "costs",
                      format_nanos(1e3 * us), change);
  if (rate > 0)
    text += fmt::format("; at {} that is {}", format_rate(rate), cpus_text(us * rate / 1e6));
  return text + ".";
}

std::string range_of_answers(const RunResult& result, const Analysis& analysis) {
  std::vector<const Comparison*> leading;
  const ArmSpec* arm = nullptr;  // of them, the one that samples most
  for (int cell = 0; cell < static_cast<int>(result.plan.cells.size()); ++cell) {
    const Comparison* found = leading_comparison(result, analysis, cell);
    if (found == nullptr) continue;
    leading.push_back(found);
    const auto at = std::ranges::find(result.suite.arms, found->arm, &ArmSpec::name);
    if (arm == nullptr || at->rate > arm->rate) arm = &*at;
  }
  if (arm == nullptr) return "";
  std::erase_if(leading, [&](const Comparison* one) { return one->arm != arm->name; });
  std::map<std::string_view, int> kinds;
  for (const Comparison* one : leading) ++kinds[target_kind(result, one->cell)];
  std::string counted;
  for (const auto& [kind, cells] : kinds)
    counted += fmt::format("{}{} {}", counted.empty() ? "" : " and ", cells, kind);
  const auto [least, most] = std::ranges::minmax_element(
      leading, {}, [](const Comparison* one) { return *one->estimate_pct; });
  const auto effect = [&](const Comparison& one) {
    return fmt::format("{} ({}, {})", format_effect(*one.estimate_pct, *one.interval_pct),
                       cell_name(result, one.cell), target_kind(result, one.cell));
  };
  return fmt::format("Of {} targets, {} adds between {} and {} CPU per request.", counted,
                     what_was_on(result.suite, arm->name), effect(**least), effect(**most));
}

}  // namespace tracetax

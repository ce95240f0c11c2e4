// The format `smaller-is-better`: what github-action-benchmark reads as customSmallerIsBetter. That
// tool compares a number with the one stored before, which may come from another machine. So it
// gets ratios, which can be compared between machines, and no absolute number. Of an invalid run it
// gets nothing, which it takes for an error.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/core/text/suggest.h"
#include "reports/tables/cell_parts.h"
#include "reports/words/report.h"
#include "reports/words/verdict_words.h"

namespace tracetax {
namespace {

/// The ratio so that smaller is better: of a capacity its inverse.
double ratio_of(Metric metric, double percent) {
  const double ratio = 1 + percent / 100;
  return higher_is_better(metric) ? 1 / ratio : ratio;
}

Status check_extra(std::string_view what) {
  if (what == "details" || what == "chart") return {};
  return failure(ExitCode::usage,
                 unknown_name("extra", what, std::vector<std::string>{"details", "chart"}));
}

void add_entry(const std::string& name, const std::string& chart, Metric metric,
               double estimate_pct, const Interval& interval, int blocks,
               std::string_view reference, Json& entries) {
  const double value = ratio_of(metric, estimate_pct);
  const double one = ratio_of(metric, interval.low), other = ratio_of(metric, interval.high);
  const double reach = std::max(std::abs(one - value), std::abs(other - value));
  if (!std::isfinite(value) || !std::isfinite(reach)) return;
  Json entry = Json::object();
  entry["name"] = name;
  entry["unit"] = higher_is_better(metric) ? fmt::format("{} / arm", reference)
                                           : fmt::format("arm / {}", reference);
  entry["value"] = value;
  entry["range"] = fmt::format("\xC2\xB1 {:.4f}", reach);
  entry["extra"] = !chart.empty() ? chart
                                  : fmt::format("interval {:.4f} to {:.4f} at {:.3g} %\nblocks: {}",
                                                std::min(one, other), std::max(one, other),
                                                100 * interval.level, blocks);
  entries.push_back(std::move(entry));
}

bool is_traced(const RunResult& result, const std::string& name) {
  const auto arm = std::ranges::find(result.suite.arms, name, &ArmSpec::name);
  return arm != result.suite.arms.end() && arm->role == ArmRole::traced;
}

bool is_invalid(const RunResult& result, const Analysis& analysis) {
  if (analysis.judgement) return analysis.judgement->verdict == Verdict::invalid;
  return result.status == RunStatus::invalid;
}

std::string write_smaller_is_better(const RunResult& result, const Analysis& analysis,
                                    const ReportOptions& options) {
  const auto extra = options.choices.find("extra");
  const bool charts = extra != options.choices.end() && extra->second == "chart";
  Json entries = Json::array();
  const auto name_of_entry = [&](int cell, const std::string& arm, Metric metric) {
    return fmt::format("{}: {}/{}/{}: {}", result.suite.name, target_name(result, cell),
                       scenario_name(result, cell), arm, label_of(metric));
  };
  const auto chart_of = [&](int cell, Metric metric) {
    if (!charts) return std::string();
    return fmt::format("{}: {}/{} - {}", result.suite.name, target_name(result, cell),
                       scenario_name(result, cell), label_of(metric));
  };
  if (!is_invalid(result, analysis)) {
    for (const Comparison& comparison : analysis.comparisons) {
      if (comparison.word == Word::void_ || !is_traced(result, comparison.arm)) continue;
      if (!comparison.estimate_pct || !comparison.interval_pct) continue;
      add_entry(name_of_entry(comparison.cell, comparison.arm, comparison.metric),
                chart_of(comparison.cell, comparison.metric), comparison.metric,
                *comparison.estimate_pct, *comparison.interval_pct, comparison.blocks,
                comparison.reference, entries);
    }
    for (const GatedTest& test :
         analysis.judgement ? analysis.judgement->tests : std::vector<GatedTest>{}) {
      if (test.question != Question::regression) continue;
      if (!test.estimate_pct || !test.interval_pct) continue;
      add_entry(name_of_entry(test.cell, test.arm, test.metric) + " against the base revision",
                chart_of(test.cell, test.metric), test.metric, *test.estimate_pct,
                *test.interval_pct, test.pairs, test.reference, entries);
    }
  }
  return entries.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

ReportFormat smaller_is_better_format() {
  return {"smaller-is-better",
          "ratios for github-action-benchmark's customSmallerIsBetter",
          {.write = write_smaller_is_better,
           .options = {{.name = "extra",
                        .shown = "WHAT",
                        .words = {"details", "chart"},
                        .help = "of smaller-is-better: details (interval, blocks), or chart: "
                                "\"TEST - METRIC\", by which OpenTelemetry's benchmark pages group",
                        .help_in_run = "",
                        .fallback = "details",
                        .check = check_extra}}}};
}

}  // namespace tracetax

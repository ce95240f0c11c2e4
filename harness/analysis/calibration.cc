// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/analysis/pairs/pairing.h"
#include "harness/analysis/pairs/percent.h"
#include "harness/core/metric_value.h"
#include "harness/core/suite/gate_reader.h"
#include "harness/stats/power.h"
#include "harness/stats/sample.h"

namespace tracetax {
namespace {

constexpr std::size_t kFewestPairs = 6;

std::vector<double> log_ratios(const MetricCalibration& metric) {
  std::vector<double> ratios;
  ratios.reserve(metric.off.size());
  for (std::size_t i = 0; i < metric.off.size(); ++i) {
    ratios.push_back(std::log(metric.off2[i] / metric.off[i]));
  }
  return ratios;
}

std::string reason_of(const Analysis& analysis, int cell, Metric metric, const std::string& arm) {
  for (const Comparison& comparison : analysis.comparisons) {
    if (comparison.cell == cell && comparison.metric == metric && comparison.arm == arm) {
      return comparison.reason;
    }
  }
  return "not measured";
}

CellCalibration calibrate_cell(const RunResult& result, const Analysis& analysis, int cell,
                               int sham) {
  const Suite& suite = result.suite;
  const Cell& where = result.plan.cells[static_cast<std::size_t>(cell)];
  CellCalibration out;
  out.target = suite.targets[static_cast<std::size_t>(where.target)].name;
  out.scenario = suite.scenarios[static_cast<std::size_t>(where.scenario)].name;
  out.rate = result.cell_rates[static_cast<std::size_t>(cell)];
  const CellSegments segments(result, cell);
  for (const Metric metric : all_metrics()) {
    if (!metric->may_be_gated || !measures(suite.design, metric)) continue;
    Pairs pairs = make_pairs(segments, 0, sham, metric->kind,
                             [metric](const SegmentRecord& s) { return value_of(s, metric); });
    if (metric->is_detail && pairs.off.empty()) continue;
    if (pairs.off.size() < kFewestPairs) {
      const std::string& arm = suite.arms[static_cast<std::size_t>(sham)].name;
      out.lacking.push_back({metric, reason_of(analysis, cell, metric, arm)});
    } else {
      out.metrics.push_back({metric, std::move(pairs.off), std::move(pairs.on)});
    }
  }
  return out;
}

/// "5 %", "0.62 %": two digits are what a spread from twenty pairs is worth.
std::string percent(double value) { return fmt::format("{:.2g} %", value); }

/// A budget that is surely enough, as it would be typed.
std::string roomy(double pct) {
  const double step = pct < 10 ? 0.5 : 1;
  return fmt::format("{:g}%", std::ceil(pct / step) * step);
}

std::string cell_label(const Suite& suite, const TargetSpec& target, const ScenarioSpec& scenario) {
  return suite.scenarios.size() < 2 ? target.name
                                    : fmt::format("{} / {}", target.name, scenario.name);
}

/// What is wrong with one required metric; empty if nothing is.
std::string why_unresolvable(const MetricCalibration& metric, const GateMetric& gated,
                             const GateSpec& gate) {
  const double budget = budget_pct(metric, gated.budget);
  const Look& last = gate.looks.back();
  const auto found = detectable_pct(metric, last);
  if (found && *found <= budget) return "";
  std::string text = fmt::format(
      "{} has a budget of {}{}, and {} pairs ", label_of(gated.metric),
      format_budget(gated.metric, gated.budget),
      gated.budget.absolute ? fmt::format(" ({} here)", percent(budget)) : "", last.pairs);
  text += found ? fmt::format("find no less than {} beyond it on this machine", percent(*found))
                : std::string("find nothing");
  const auto effort = effort_for(metric, gated.budget);
  const auto at_effort = effort ? detectable_pct(metric, *effort) : std::nullopt;
  if (effort && at_effort) {
    text += fmt::format("; take --effort {} (finds {})", name_of(*effort), percent(*at_effort));
  } else {
    const auto best = detectable_pct(metric, Effort::paper);
    text += best ? fmt::format("; no effort is enough (paper finds {})", percent(*best))
                 : "; no effort is enough";
  }
  if (found) {
    text +=
        fmt::format(", give a wider budget (--budget {}={}), or judge it all the same (--force)",
                    short_name_of(gated.metric), roomy(*found));
  } else {
    text += ", or judge it all the same (--force)";
  }
  return text;
}

}  // namespace

Calibration calibrate(const RunResult& result, const Analysis& analysis) {
  Calibration calibration;
  calibration.suite = result.suite.name;
  calibration.measured_at = result.finished_at.empty() ? result.started_at : result.finished_at;
  calibration.machine = result.machine.fingerprint_sha256;
  calibration.cpu_model = result.machine.cpu_model;
  calibration.measure = result.suite.design.measure;
  calibration.slice = result.suite.design.slice;
  calibration.rate = format_offered_rate(result.suite.load.levels.front());
  calibration.blocks = result.suite.design.blocks;
  const auto sham = std::ranges::find(result.suite.arms, ArmRole::sham, &ArmSpec::role);
  if (sham == result.suite.arms.end()) return calibration;
  const auto index = static_cast<int>(sham - result.suite.arms.begin());
  for (int cell = 0; cell < static_cast<int>(result.plan.cells.size()); ++cell) {
    calibration.cells.push_back(calibrate_cell(result, analysis, cell, index));
  }
  return calibration;
}

CalibrationSummary summarize(const MetricCalibration& metric) {
  const std::vector<double> ratios = log_ratios(metric);
  CalibrationSummary summary;
  summary.pairs = static_cast<int>(ratios.size());
  summary.typical = median(metric.off).value_or(0);
  summary.spread_pct = 100 * standard_deviation(ratios).value_or(0);
  summary.autocorrelation = lag1_autocorrelation(ratios);
  summary.trend = spearman_trend(metric.off);
  return summary;
}

std::optional<double> detectable_pct(const MetricCalibration& metric, const Look& look) {
  const auto shift = detectable_shift(log_ratios(metric), look.pairs, look.alpha);
  if (!shift) return std::nullopt;
  return percent_of(*shift);
}

std::optional<double> detectable_pct(const MetricCalibration& metric, Effort effort) {
  return detectable_pct(metric, looks_of(effort).back());
}

double budget_pct(const MetricCalibration& metric, const Budget& budget) {
  const double typical = median(metric.off).value_or(0);
  const double absolute = budget.absolute && typical > 0 ? 100 * *budget.absolute / typical : 0;
  return std::max(budget.pct.value_or(0), absolute);
}

std::optional<Effort> effort_for(const MetricCalibration& metric, const Budget& budget) {
  const double most = budget_pct(metric, budget);
  for (const Effort effort : kEfforts) {
    const auto found = detectable_pct(metric, effort);
    if (found && *found <= most) return effort;
  }
  return std::nullopt;
}

const CellCalibration* find_cell(const Calibration& calibration, std::string_view target,
                                 std::string_view scenario) {
  for (const CellCalibration& cell : calibration.cells) {
    if (cell.target == target && cell.scenario == scenario) return &cell;
  }
  return nullptr;
}

const MetricCalibration* find_metric(const CellCalibration& cell, Metric metric) {
  const auto found = std::ranges::find(cell.metrics, metric, &MetricCalibration::metric);
  return found == cell.metrics.end() ? nullptr : &*found;
}

void put_calibration(std::vector<Calibration>& all, Calibration fresh) {
  std::erase_if(all, [&](const Calibration& old) {
    return old.suite == fresh.suite && old.machine == fresh.machine;
  });
  all.push_back(std::move(fresh));
  if (all.size() > kMostCalibrations) all.erase(all.begin());
}

const Calibration* find_calibration(const std::vector<Calibration>& all, std::string_view suite,
                                    std::string_view machine) {
  for (const Calibration& one : all) {
    if (one.suite == suite && one.machine == machine) return &one;
  }
  return nullptr;
}

std::string why_unfit(const Calibration& calibration, const Suite& suite) {
  if (calibration.measure != suite.design.measure) {
    return fmt::format("it was made with segments of {}, and these are of {}",
                       format_duration(calibration.measure), format_duration(suite.design.measure));
  }
  if (calibration.slice != suite.design.slice) {
    const auto turns = [](const std::optional<Nanos>& slice) {
      return slice ? fmt::format("in turns of {}", format_duration(*slice))
                   : std::string("one arm after another");
    };
    return fmt::format("it was made {}, and this is measured {}", turns(calibration.slice),
                       turns(suite.design.slice));
  }
  const std::string rate = format_offered_rate(suite.load.levels.front());
  if (calibration.rate != rate) {
    return fmt::format("it was made at the rate {}, and this one is {}", calibration.rate, rate);
  }
  return "";
}

std::vector<std::string> unresolvable(const Calibration& calibration, const GateSpec& gate,
                                      const Suite& suite) {
  std::vector<std::string> out;
  for (const TargetSpec& target : suite.targets) {
    for (const ScenarioSpec& scenario : suite.scenarios) {
      if (!is_for(scenario, target)) continue;
      const CellCalibration* cell = find_cell(calibration, target.name, scenario.name);
      if (cell == nullptr) continue;
      for (const GateMetric& gated : gate.metrics) {
        const MetricCalibration* metric = find_metric(*cell, gated.metric);
        if (!gated.required || metric == nullptr) continue;
        const std::string why = why_unresolvable(*metric, gated, gate);
        if (!why.empty()) out.push_back(cell_label(suite, target, scenario) + ": " + why);
      }
    }
  }
  return out;
}

}  // namespace tracetax

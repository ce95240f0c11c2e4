// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/run_comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/analysis/gate/gate_validity.h"
#include "harness/analysis/pairs/pairing.h"
#include "harness/analysis/pairs/percent.h"
#include "harness/core/metric_value.h"
#include "harness/stats/holm.h"
#include "harness/stats/rank_sum.h"
#include "harness/stats/signed_rank.h"

namespace tracetax {
namespace {

constexpr double kControlLevel = 0.99;

template <typename FromInterval>
Interval in_percent(const FromInterval& interval) {
  return percent_of(interval.low, interval.high, interval.coverage);
}

std::optional<int> find_cell(const RunResult& result, const std::string& name) {
  for (int cell = 0; cell < static_cast<int>(result.plan.cells.size()); ++cell) {
    if (cell_name(result, cell) == name) return cell;
  }
  return std::nullopt;
}

std::optional<int> find_arm(const RunResult& result, const std::string& name) {
  const auto found = std::ranges::find(result.suite.arms, name, &ArmSpec::name);
  if (found == result.suite.arms.end()) return std::nullopt;
  return static_cast<int>(found - result.suite.arms.begin());
}

bool was_required(const RunResult& result, Metric metric) {
  if (!result.gate) return false;
  return std::ranges::any_of(result.gate->metrics, [metric](const GateMetric& gated) {
    return gated.metric == metric && gated.required;
  });
}

std::vector<double> towards_worse(std::vector<double> log_ratios, Metric metric) {
  if (higher_is_better(metric)) {
    for (double& ratio : log_ratios) ratio = -ratio;
  }
  return log_ratios;
}

void test(const RunOverhead& before, const RunOverhead& after, OverheadChange& change) {
  const double sign = higher_is_better(change.metric) ? -1 : 1;
  const double margin = change.margin_pct / 100;
  const auto left = towards_worse(before.log_ratios, change.metric);
  const auto right = towards_worse(after.log_ratios, change.metric);
  const RankSumP beyond = rank_sum_p(left, right, sign * std::log1p(sign * margin));
  const RankSumP below = rank_sum_p(left, right, sign * std::log1p(-sign * margin));
  change.p_worse = beyond.greater;
  change.p_not_worse = beyond.less;
  change.p_better = below.less;
  change.p_not_better = below.greater;
}

/// off2 against off has nothing to change, so what moves it moves every other ratio too.
void warn_of_moved_control(const RunOverhead& before, const RunOverhead& after,
                           const OverheadChange& change, std::vector<std::string>& out) {
  const auto interval = rank_sum_interval(before.log_ratios, after.log_ratios, kControlLevel);
  if (!interval || (interval->low <= 0 && interval->high >= 0)) return;
  out.push_back(fmt::format(
      "{}: {} of {} against off changed by {} % between the runs, though it is off once more: "
      "something in one of them favours an arm",
      change.cell, label_of(change.metric), change.arm, format_interval(in_percent(*interval))));
}

/// The same arm of the same cell in both runs, by their indices.
struct Place {
  int before_cell = 0, after_cell = 0;
  int before_arm = 0, after_arm = 0;
};

/// Everything but what depends on the other comparisons.
OverheadChange compare_arm(const RunResult& before, const RunResult& after, const Place& place,
                           Metric metric, double margin_pct, std::vector<std::string>& warnings) {
  const ArmSpec& arm = before.suite.arms[static_cast<std::size_t>(place.before_arm)];
  const RunOverhead left = overhead_of(before, place.before_cell, place.before_arm, metric);
  const RunOverhead right = overhead_of(after, place.after_cell, place.after_arm, metric);
  OverheadChange change;
  change.cell = cell_name(before, place.before_cell);
  change.metric = metric;
  change.arm = arm.name;
  change.control = arm.role == ArmRole::sham;
  change.decides = !change.control && (metric == Metric::cpu_per_request ||
                                       was_required(before, metric) || was_required(after, metric));
  change.margin_pct = margin_pct;
  change.before = left;
  change.after = right;
  if (!left.why_void.empty() || !right.why_void.empty()) {
    change.reason =
        !left.why_void.empty() ? "before: " + left.why_void : "after: " + right.why_void;
    return change;
  }
  change.change_pct = percent_of(*rank_sum_shift(left.log_ratios, right.log_ratios));
  if (const auto interval =
          rank_sum_interval(left.log_ratios, right.log_ratios, 1 - 2 * kCompareAlpha)) {
    change.interval_pct = in_percent(*interval);
  }
  test(left, right, change);
  if (change.control) warn_of_moved_control(left, right, change, warnings);
  return change;
}

/// The arms of `before`'s cell that both runs have, but for `off` and the base revision's.
std::vector<Place> places_of(const RunResult& before, const RunResult& after, int cell) {
  const auto other_cell = find_cell(after, cell_name(before, cell));
  std::vector<Place> places;
  for (int arm = 1; other_cell && arm < static_cast<int>(before.suite.arms.size()); ++arm) {
    const ArmSpec& spec = before.suite.arms[static_cast<std::size_t>(arm)];
    const auto other_arm = find_arm(after, spec.name);
    if (spec.role == ArmRole::base || !other_arm) continue;
    places.push_back({cell, *other_cell, arm, *other_arm});
  }
  return places;
}

void adjust(std::vector<OverheadChange>& changes, double OverheadChange::*p,
            double OverheadChange::*adjusted) {
  std::vector<double> values;
  const auto counts = [](const OverheadChange& change) {
    return !change.control && change.change_pct;
  };
  for (const OverheadChange& change : changes) {
    if (counts(change)) values.push_back(change.*p);
  }
  const std::vector<double> holm = holm_adjusted(values);
  auto next = holm.begin();
  for (OverheadChange& change : changes) {
    if (counts(change)) change.*adjusted = *next++;
  }
}

Change word_for(const OverheadChange& change) {
  if (!change.change_pct) return Change::void_;
  if (!change.control && change.p_worse_holm <= kCompareAlpha) return Change::regressed;
  if (!change.control && change.p_better_holm <= kCompareAlpha) return Change::improved;
  const bool within = change.p_not_worse <= kCompareAlpha && change.p_not_better <= kCompareAlpha;
  return within ? Change::within_margin : Change::cannot_tell;
}

Verdict verdict_of(const std::vector<OverheadChange>& changes) {
  bool some_decide = false, all_shown = true;
  for (const OverheadChange& change : changes) {
    if (change.change == Change::regressed) return Verdict::fail;
    if (!change.decides) continue;
    some_decide = true;
    all_shown = all_shown && change.change_pct && change.p_not_worse <= kCompareAlpha;
  }
  return some_decide && all_shown ? Verdict::pass : Verdict::inconclusive;
}

void note_what_one_lacks(const RunResult& left, const RunResult& right, std::string_view which,
                         std::vector<std::string>& out) {
  for (int cell = 0; cell < static_cast<int>(left.plan.cells.size()); ++cell) {
    const std::string name = cell_name(left, cell);
    if (!find_cell(right, name)) out.push_back(fmt::format("{} is in {} only", name, which));
  }
  for (const ArmSpec& arm : left.suite.arms) {
    if (arm.role == ArmRole::base || find_arm(right, arm.name)) continue;
    out.push_back(fmt::format("{} is in {} only", arm.name, which));
  }
}

}  // namespace

std::string_view name_of(Change change) {
  switch (change) {
    case Change::improved:
      return "improved";
    case Change::regressed:
      return "regressed";
    case Change::within_margin:
      return "within the margin";
    case Change::cannot_tell:
      return "cannot tell";
    case Change::void_:
      return "void";
  }
  return "";
}

RunComparison compare_runs(const RunResult& before, const RunResult& after,
                           const Margins& margins) {
  RunComparison out;
  out.differences = find_differences(before, after);
  note_what_one_lacks(before, after, "before", out.only_one);
  note_what_one_lacks(after, before, "after", out.only_one);
  for (int cell = 0; cell < static_cast<int>(before.plan.cells.size()); ++cell) {
    for (const Metric metric : all_metrics()) {
      if (!metric->may_be_gated || metric->is_detail) continue;  // what is worse here fails
      if (!measures(before.suite.design, metric) || !measures(after.suite.design, metric)) continue;
      for (const Place& place : places_of(before, after, cell)) {
        out.changes.push_back(
            compare_arm(before, after, place, metric, margins.of(metric), out.warnings));
      }
    }
  }
  adjust(out.changes, &OverheadChange::p_worse, &OverheadChange::p_worse_holm);
  adjust(out.changes, &OverheadChange::p_better, &OverheadChange::p_better_holm);
  for (OverheadChange& change : out.changes) change.change = word_for(change);
  out.verdict = verdict_of(out.changes);
  return out;
}

}  // namespace tracetax

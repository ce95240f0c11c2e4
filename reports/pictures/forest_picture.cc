// Effects with their intervals, the noise floor and the budgets: of a cell, and of several.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>

#include "harness/analysis/pairs/pairing.h"
#include "reports/pictures/pictures.h"
#include "reports/words/target_kind.h"

namespace tracetax {
namespace {

constexpr std::size_t kMostRows = 60;

const Comparison* sham_of(const CellView& view, Metric metric) {
  for (const Comparison& comparison : view.analysis.comparisons) {
    if (comparison.cell == view.cell && comparison.metric == metric && has_effect(comparison) &&
        is_sham(view.result.suite, comparison.arm))
      return &comparison;
  }
  return nullptr;
}

PlotRow row_of(const CellView& view, const Comparison& comparison) {
  PlotRow row;
  row.name = comparison.arm;
  const Suite& suite = view.result.suite;
  if (is_sham(suite, comparison.arm)) row.name += " (noise floor)";
  if (comparison.reference != suite.arms.front().name) row.name += " over " + comparison.reference;
  if (!has_effect(comparison)) {
    row.value =
        comparison.blocks > 0 ? fmt::format("no interval, n = {}", comparison.blocks) : "void";
    return row;
  }
  row.value = format_effect(*comparison.estimate_pct, *comparison.interval_pct);
  row.hover = fmt::format("{} of {}: {}, {} pairs, {}", label_of(comparison.metric), comparison.arm,
                          row.value, comparison.blocks, name_of(comparison.word));
  row.marks.push_back({.at = *comparison.estimate_pct,
                       .low = comparison.interval_pct->low,
                       .high = comparison.interval_pct->high,
                       .look = look_of(suite, comparison.arm),
                       .hollow = comparison.word == Word::within_noise});
  if (const Comparison* sham = sham_of(view, comparison.metric)) {
    row.quiet_low = sham->interval_pct->low;
    row.quiet_high = sham->interval_pct->high;
  }
  row.bound = budget_of(view.analysis, comparison);
  return row;
}

constexpr const char* kAgainstOff = "change against off, %; the line at 0 is no change";

std::string how_to_read(const std::vector<PlotRow>& rows) {
  std::string text =
      "Each mark is the estimated change, its line the 95 % interval. A hollow mark: within noise, "
      "because the line crosses 0 or comes closer to it than so many comparisons at once allow.";
  if (std::ranges::any_of(rows, [](const PlotRow& row) { return row.quiet_low.has_value(); }))
    text +=
        " Shaded: how far the same program without tracing differs from itself (off2), the noise "
        "floor.";
  if (std::ranges::any_of(rows, [](const PlotRow& row) { return row.bound.has_value(); }))
    text += " Dashed: the budget.";
  return text + " An arrow head: the interval goes on beyond the picture.";
}

bool any_mark(const std::vector<PlotRow>& rows) {
  return std::ranges::any_of(rows, [](const PlotRow& row) { return !row.marks.empty(); });
}

}  // namespace

std::optional<Picture> forest_picture(const CellView& view) {
  RowPlot plot;
  plot.zero = 0;
  std::string without;
  const auto wanted = [&](const Comparison& comparison, Metric metric) {
    return comparison.cell == view.cell && comparison.metric == metric && !metric->is_detail;
  };
  for (const Metric metric : all_metrics()) {
    std::vector<PlotRow> rows;
    for (const Comparison& comparison : view.analysis.comparisons) {
      if (wanted(comparison, metric)) rows.push_back(row_of(view, comparison));
    }
    if (rows.empty()) continue;
    if (!any_mark(rows)) {
      without += (without.empty() ? "" : ", ") + std::string(label_of(metric));
      continue;
    }
    rows.front().heading =
        std::string(label_of(metric)) + (higher_is_better(metric) ? " (higher is better)" : "");
    plot.rows.insert(plot.rows.end(), rows.begin(), rows.end());
  }
  if (plot.rows.empty()) return std::nullopt;
  plot.axis = change_axis(plot.rows, kAgainstOff);
  std::string caption = how_to_read(plot.rows);
  if (!without.empty()) caption += " Without any number, and so not here: " + without + ".";
  return make_picture({"forest", "What changes, and how surely", caption}, plot);
}

std::optional<Picture> cells_picture(const RunResult& result, const Analysis& analysis) {
  const int cells = static_cast<int>(result.plan.cells.size());
  if (cells < 2) return std::nullopt;
  std::size_t all = 0;
  for (const Comparison& comparison : analysis.comparisons)
    if (comparison.metric == Metric::cpu_per_request) ++all;
  RowPlot plot;
  plot.zero = 0;
  for (int cell = 0; cell < cells; ++cell) {
    const CellView view{result, analysis, cell, {}};
    std::string heading =
        fmt::format("{} ({})", cell_name(result, cell), target_kind(result, cell));
    const Comparison* leading = leading_comparison(result, analysis, cell);
    for (const Comparison& comparison : analysis.comparisons) {
      if (comparison.cell != cell || comparison.metric != Metric::cpu_per_request) continue;
      if (is_sham(result.suite, comparison.arm)) continue;
      if (all > kMostRows && leading != &comparison) continue;
      PlotRow row = row_of(view, comparison);
      if (all > kMostRows) {
        row.name = heading;
      } else {
        row.heading = std::exchange(heading, "");
      }
      plot.rows.push_back(std::move(row));
    }
  }
  if (!any_mark(plot.rows)) return std::nullopt;
  plot.axis = change_axis(plot.rows, kAgainstOff);
  std::string caption = how_to_read(plot.rows);
  if (all > kMostRows) caption += " Of each target only the arm that samples most.";
  return make_picture({"cells", "CPU per request, side by side", caption}, plot);
}

}  // namespace tracetax

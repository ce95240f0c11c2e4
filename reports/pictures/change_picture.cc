// How well each size of change agrees with the blocks: the exact signed-rank p-value over it.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>

#include "harness/analysis/pairs/percent.h"
#include "harness/stats/signed_rank.h"
#include "reports/pictures/pictures.h"

namespace tracetax {
namespace {

constexpr int kMostPairs = 120;  // the exact test takes n^3 steps, and is done at every point
constexpr double kWidest = 6;    // times the curve: what of the axis may lie beside it
constexpr int kPoints = 160;

/// Two-sided, of "the true change is this".
double p_of_change(const std::vector<double>& log_ratios, double percent) {
  const SignedRankP p = signed_rank_p(log_ratios, std::log1p(percent / 100));
  return std::min(1.0, 2 * std::min(p.greater, p.less));
}

/// What a gate judges, else the traced arm that samples most; null without a number.
const Comparison* most_asked(const CellView& view) {
  for (const Comparison& comparison : view.analysis.comparisons) {
    if (comparison.cell == view.cell && comparison.metric == Metric::cpu_per_request &&
        has_effect(comparison) && budget_of(view.analysis, comparison))
      return &comparison;
  }
  return leading_comparison(view.result, view.analysis, view.cell);
}

}  // namespace

std::optional<Picture> change_picture(const CellView& view) {
  const Comparison* leading = most_asked(view);
  if (leading == nullptr || leading->log_ratios.size() > kMostPairs) return std::nullopt;
  const Interval& interval = *leading->interval_pct;
  const std::optional<double> budget = budget_of(view.analysis, *leading);
  const double half = std::max((interval.high - interval.low) / 2, 1e-3);
  const double from = std::max(interval.low - half, -99.0), to = interval.high + half;
  if (!std::isfinite(from) || !std::isfinite(to)) return std::nullopt;
  XyPlot plot;
  plot.height = 200;
  plot.x = {.title = fmt::format("change of CPU per request, {} against {}", leading->arm,
                                 leading->reference),
            .low = from,
            .high = to,
            .tick_text = percent_tick};
  // What it is held against is shown, if that does not press the curve into a point.
  const auto is_near = [&](double percent) {
    return percent > from - kWidest * (to - from) && percent < to + kWidest * (to - from);
  };
  if (is_near(0)) include(plot.x, 0);
  const bool judged = budget && is_near(*budget);
  if (judged) include(plot.x, *budget + 0.3 * (to - from));
  plot.y = {.title = "agreement with the blocks (p-value)", .low = 0, .high = 1};
  const int look = look_of(view.result.suite, leading->arm);
  PlotSeries curve{.look = look, .marks = false, .area = true};
  for (int i = 0; i <= kPoints; ++i) {
    const double percent = from + (to - from) * i / kPoints;
    curve.points.push_back({percent, p_of_change(leading->log_ratios, percent)});
  }
  PlotSeries blocks{.look = look, .line = false};
  for (const double log_ratio : leading->log_ratios)
    blocks.points.push_back({.x = percent_of(log_ratio), .y = 0.0});
  plot.series = {std::move(curve), std::move(blocks)};
  plot.rules = {{.vertical = true, .at = 0, .css = "zero"},
                {.at = 0.05, .label = "5 %", .css = "x"}};
  std::string caption = fmt::format(
      "For every possible change: how well it agrees with the {} blocks, by the exact signed-rank "
      "test of the paired ratios. The top is the estimate; where the curve is above the line at 5 "
      "% "
      "lies the 95 % interval, {}. The marks at the bottom are single blocks.",
      leading->blocks, format_interval(interval));
  if (judged) {
    plot.rules.push_back(
        {.vertical = true, .at = *budget, .label = fmt::format("budget {:.3g} %", *budget)});
    plot.shades.push_back({*budget, 1e9, "", "bad"});
    caption +=
        " Shaded: beyond the budget. A curve that lies wholly on one side of it is a sure answer.";
  }
  return make_picture({"change", "The change that was found", caption}, plot);
}

}  // namespace tracetax

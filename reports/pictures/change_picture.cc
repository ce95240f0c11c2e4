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
constexpr int kPoints = 80;

/// Two-sided, of "the true change is this".
double p_of_change(const std::vector<double>& log_ratios, double percent) {
  const SignedRankP p = signed_rank_p(log_ratios, std::log1p(percent / 100));
  return std::min(1.0, 2 * std::min(p.greater, p.less));
}

}  // namespace

std::optional<Picture> change_picture(const CellView& view) {
  const Comparison* leading = leading_comparison(view.result, view.analysis, view.cell);
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
  if (budget && *budget > to - 4 * (to - from) && *budget < to + (to - from))
    include(plot.x, *budget + 0.05 * (to - from));
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
  if (budget) {
    plot.rules.push_back(
        {.vertical = true, .at = *budget, .label = fmt::format("budget {:.3g} %", *budget)});
    plot.shades.push_back(
        {*budget, std::max(plot.x.high, to) * 2 + 100, "beyond the budget", "bad"});
    caption +=
        " Shaded: beyond the budget. A curve that lies wholly on one side of it is a sure answer.";
  }
  return make_picture({"change", "The change that was found", caption}, plot);
}

}  // namespace tracetax

// Overhead over load levels.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <map>

#include "reports/pictures/pictures.h"
#include "reports/tables/cell_parts.h"

namespace tracetax {
namespace {

/// Its place on the axis: percent of capacity where all levels are shares, else requests per
/// second.
std::optional<double> load_of(const RunResult& result, int cell, bool shares) {
  const Cell& where = result.plan.cells.at(static_cast<std::size_t>(cell));
  const OfferedRate& level = result.suite.load.levels.at(static_cast<std::size_t>(where.level));
  if (shares) return 100 * std::get<CapacityShare>(level).share;
  const auto index = static_cast<std::size_t>(cell);
  const double rate = index < result.cell_rates.size() ? result.cell_rates[index] : 0;
  return rate > 0 ? std::optional(rate / 1e3) : std::nullopt;
}

}  // namespace

std::optional<Picture> load_picture(const RunResult& result, const Analysis& analysis) {
  const std::vector<OfferedRate>& levels = result.suite.load.levels;
  if (levels.size() < 2) return std::nullopt;
  const bool shares = std::ranges::all_of(levels, [](const OfferedRate& level) {
    return std::holds_alternative<CapacityShare>(level);
  });
  const bool one_target = result.suite.targets.size() * result.suite.scenarios.size() == 1;
  XyPlot plot;
  plot.x = empty_axis(shares ? "offered load, % of what off can do" : "offered load, k requests/s");
  plot.y = empty_axis("change of CPU per request, %");
  plot.y.tick_text = percent_tick;
  include(plot.y, 0);
  std::map<std::string, std::size_t> places;
  for (const Comparison& comparison : analysis.comparisons) {
    if (comparison.metric != Metric::cpu_per_request || !has_effect(comparison) ||
        is_sham(result.suite, comparison.arm))
      continue;
    // Of several targets one line each, of the arm that samples most.
    if (!one_target && leading_comparison(result, analysis, comparison.cell) != &comparison)
      continue;
    const std::optional<double> load = load_of(result, comparison.cell, shares);
    if (!load) continue;
    const std::string name = one_target ? comparison.arm : target_name(result, comparison.cell);
    const auto [place, is_new] = places.try_emplace(name, plot.series.size());
    if (is_new) plot.series.push_back({.label = name, .look = static_cast<int>(place->second) + 1});
    plot.series[place->second].points.push_back({.x = *load,
                                                 .y = *comparison.estimate_pct,
                                                 .low = comparison.interval_pct->low,
                                                 .high = comparison.interval_pct->high,
                                                 .hollow = comparison.word == Word::within_noise});
    include(plot.x, *load);
    include(plot.y, comparison.interval_pct->low);
    include(plot.y, comparison.interval_pct->high);
  }
  if (std::ranges::none_of(plot.series, [](const PlotSeries& s) { return s.points.size() > 1; }))
    return std::nullopt;
  plot.rules = {{.at = 0, .css = "zero"}};
  return make_picture({"load", "Overhead over load",
                       "What tracing adds to CPU per request at each offered load, with 95 % "
                       "intervals; hollow: within noise. A flat line: the cost is per request, "
                       "whatever the load."},
                      plot);
}

}  // namespace tracetax

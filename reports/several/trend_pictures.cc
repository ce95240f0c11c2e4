// SPDX-License-Identifier: Apache-2.0
#include "reports/several/trend_pictures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "harness/core/text/effect_text.h"
#include "reports/several/trend_parts.h"

namespace tracetax {
namespace {

constexpr std::size_t kMostTicks = 5, kMostMarks = 80, kMostCellsInFull = 3, kMostMachineRules = 4;
constexpr double kLabelHeight = 17;
constexpr double kGap = std::numeric_limits<double>::quiet_NaN();

Axis axis_of_results(const SuiteHistory& history) {
  const std::size_t results = history.runs.size();
  const bool labels =
      std::ranges::any_of(history.runs, [](const HistoryRun& run) { return !run.label.empty(); });
  Axis axis{.title = labels ? "results in the order of time, by label and day"
                            : "results in the order of time, by day",
            .low = 1,
            .high = std::max(2.0, static_cast<double>(results))};
  const std::size_t step = (results + kMostTicks - 1) / kMostTicks;
  for (std::size_t i = step / 2; i < results; i += step) {  // away from both ends: names are long
    const HistoryRun& run = history.runs[i];
    const std::string day = day_of(run).size() == 10 ? day_of(run).substr(5) : day_of(run);
    const std::string label = brief_label(run);
    axis.ticks.push_back(
        {static_cast<double>(i) + 1, label.empty() || label.size() > 12 ? day : label + " " + day});
  }
  return axis;
}

std::string hover_of(const HistoryRun& run, const HistorySeries& series,
                     const RunOverhead& overhead) {
  return fmt::format("{}, {}: {}", name_of(run), series.arm,
                     format_effect(*overhead.pct, *overhead.interval_pct));
}

/// The overheads of one arm, broken where the suite changed; and the levels between its shifts.
void add_series(const SuiteHistory& history, const HistorySeries& series, int look, XyPlot& plot) {
  PlotSeries line{.label = series.arm, .look = look, .band = true};
  line.marks = history.runs.size() <= kMostMarks;
  bool known = false;
  for (std::size_t i = 0; i < series.points.size(); ++i) {
    const double x = static_cast<double>(i) + 1;
    if (i > 0 && history.forms[i] != history.forms[i - 1])
      line.points.push_back({.x = x - 0.5, .y = kGap});
    const auto& overhead = series.points[i];
    if (!overhead) continue;
    if (!overhead->pct || !overhead->interval_pct) {
      line.points.push_back({.x = x, .y = kGap});
      continue;
    }
    known = true;
    line.points.push_back({.x = x,
                           .y = *overhead->pct,
                           .low = overhead->interval_pct->low,
                           .high = overhead->interval_pct->high,
                           .hover = hover_of(history.runs[i], series, *overhead)});
    include(plot.y, overhead->interval_pct->low);
    include(plot.y, overhead->interval_pct->high);
  }
  if (!known) return;
  plot.series.push_back(std::move(line));
  PlotSeries levels{.look = 0, .marks = false};
  const auto level = [&](std::size_t from, std::size_t until, double percent) {
    for (const std::size_t i : {from, until})
      levels.points.push_back({.x = static_cast<double>(i) + 1, .y = percent});
    levels.points.push_back({.x = kGap, .y = kGap});
  };
  for (const Shift& shift : series.shifts) {
    if (&shift == &series.shifts.front()) level(shift.since, shift.from - 1, shift.before_pct);
    level(shift.from, shift.until, shift.after_pct);
    plot.rules.push_back(
        {.vertical = true,
         .at = static_cast<double>(shift.from) + 0.5,
         .label =
             fmt::format("{} {}", series.arm, format_percent(shift.change_pct, shift.interval_pct)),
         .css = shift.for_the_worse ? "budget" : "zero"});
  }
  if (!levels.points.empty()) plot.series.push_back(std::move(levels));
}

/// What may have moved the results beside the service. Machines that take turns, as hosted ones do,
/// are shaded, or there would be a line at every other result.
bool add_breaks(const SuiteHistory& history, XyPlot& plot) {
  std::vector<PlotRule> machines;
  for (std::size_t i = 1; i < history.runs.size(); ++i) {
    const double at = static_cast<double>(i) + 0.5;
    if (history.forms[i] != history.forms[i - 1])
      plot.rules.push_back({.vertical = true, .at = at, .label = "suite changed", .css = "x"});
    if (history.machines[i] != history.machines[i - 1])
      machines.push_back({.vertical = true,
                          .at = at,
                          .label = fmt::format("machine {}", history.machines[i]),
                          .css = "x"});
  }
  if (machines.size() <= kMostMachineRules) {
    plot.rules.insert(plot.rules.end(), machines.begin(), machines.end());
    return false;
  }
  for (std::size_t i = 0; i < history.runs.size(); ++i) {
    const double x = static_cast<double>(i) + 1;
    if (history.machines[i] != 1) plot.shades.push_back({x - 0.5, x + 0.5});
  }
  return true;
}

/// Labels of upright lines stand one below the other, above the points.
void make_room_for_labels(XyPlot& plot) {
  const auto labels =
      std::ranges::count_if(plot.rules, [](const PlotRule& rule) { return !rule.label.empty(); });
  const double share = std::min(0.5, kLabelHeight / plot.height * static_cast<double>(labels));
  include(plot.y, plot.y.high + (plot.y.high - plot.y.low) * share / (1 - share));
}

Picture picture_of(const SuiteHistory& history, const std::string& cell, Metric metric,
                   const std::string& id) {
  XyPlot plot;
  plot.x = axis_of_results(history);
  plot.y = empty_axis(fmt::format("overhead in {}, against off", label_of(metric)));
  plot.y.tick_text = percent_tick;
  include(plot.y, 0);
  plot.rules.push_back({.at = 0, .css = "zero"});
  int look = 0;
  std::string caption =
      "Each point is the overhead of one result, its band the 95 % interval. The results stand at "
      "equal steps in the order of time.";
  bool shifts = false, control = false;
  for (const HistorySeries& series : history.series) {
    if (series.cell != cell || series.metric != metric) continue;
    add_series(history, series, series.control ? 0 : ++look, plot);
    shifts = shifts || !series.shifts.empty();
    control = control || series.control;
  }
  const bool shaded = add_breaks(history, plot);
  make_room_for_labels(plot);
  if (control)
    caption +=
        " The grey line, off measured once more, has no reason to leave 0: where it does, "
        "the machine moved.";
  if (shaded) caption += " Shaded are results of another machine than the first.";
  if (shifts)
    caption +=
        " An upright line with an arm's name is a shift, dashed where it is for the worse; "
        "the level grey lines are the medians before and after.";
  return make_picture({id, fmt::format("{}: {}", cell, label_of(metric)), caption}, plot);
}

}  // namespace

std::vector<Picture> trend_pictures(const SuiteHistory& history, std::size_t suite) {
  std::set<std::string> cells;
  for (const HistorySeries& series : history.series) cells.insert(series.cell);
  std::vector<Picture> out;
  std::set<std::pair<std::string, Metric>> done;
  for (const HistorySeries& series : history.series) {
    if (!done.insert({series.cell, series.metric}).second) continue;
    const bool shifted = std::ranges::any_of(history.series, [&](const HistorySeries& other) {
      return other.cell == series.cell && other.metric == series.metric && !other.shifts.empty();
    });
    if (series.metric != Metric::cpu_per_request && !shifted && cells.size() > kMostCellsInFull)
      continue;
    out.push_back(picture_of(history, series.cell, series.metric,
                             fmt::format("trend-{}-{}", suite + 1, out.size() + 1)));
  }
  return out;
}

}  // namespace tracetax

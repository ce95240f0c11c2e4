// SPDX-License-Identifier: Apache-2.0
#include "reports/several/compare_pictures.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/analysis/pairs/pairing.h"
#include "harness/analysis/pairs/percent.h"
#include "reports/charts/percentile_curve.h"
#include "reports/words/arm_totals.h"

namespace tracetax {
namespace {

constexpr int kBefore = 2, kAfter = 1;  // looks
constexpr double kPanelHeight = 150;

std::vector<const OverheadChange*> changes_in(const ComparedCell& cell) {
  std::vector<const OverheadChange*> out;
  for (const OverheadChange& change : cell.comparison.changes) {
    if (change.cell == cell.name) out.push_back(&change);
  }
  return out;
}

std::string arm_text(const OverheadChange& change) {
  return change.arm + (change.control ? " (control)" : "");
}

PlotRow ratios_row(const OverheadChange& change, const RunOverhead& run, bool is_after) {
  const int look = is_after ? kAfter : kBefore;
  PlotRow row{.name = is_after ? "after" : "before",
              .value = format_effect(*run.pct, *run.interval_pct)};
  if (!is_after) row.heading = fmt::format("{}, {}", arm_text(change), label_of(change.metric));
  for (const double log_ratio : run.log_ratios)
    row.marks.push_back({.at = percent_of(log_ratio), .look = look, .hollow = true});
  row.marks.push_back(
      {.at = *run.pct, .low = run.interval_pct->low, .high = run.interval_pct->high, .look = look});
  return row;
}

std::optional<int> index_of_cell(const RunResult& result, const std::string& name) {
  for (int cell = 0; cell < static_cast<int>(result.plan.cells.size()); ++cell) {
    if (cell_name(result, cell) == name) return cell;
  }
  return std::nullopt;
}

}  // namespace

Picture changes_picture(const ComparedCell& cell) {
  RowPlot plot;
  plot.zero = 0;
  Metric last = Metric::cpu_per_request;
  for (const OverheadChange* change : changes_in(cell)) {
    PlotRow row{.name = arm_text(*change), .value = std::string(name_of(change->change))};
    if (plot.rows.empty() || change->metric != last) row.heading = label_of(change->metric);
    last = change->metric;
    if (change->change_pct && change->interval_pct) {
      const Interval& interval = *change->interval_pct;
      row.value = fmt::format("{}, {}", name_of(change->change),
                              format_effect(*change->change_pct, interval));
      row.marks = {{.at = *change->change_pct,
                    .low = interval.low,
                    .high = interval.high,
                    .look = change->control ? 0 : kAfter}};
      if (!change->control) {
        row.quiet_low = -change->margin_pct;
        row.quiet_high = change->margin_pct;
      }
    }
    row.hover = change->reason;
    plot.rows.push_back(std::move(row));
  }
  plot.axis = change_axis(plot.rows, "change of the overhead's ratio, after against before");
  return make_picture(
      {"changes" + cell.id, "What changed",
       "Each mark is how much larger (right) or smaller (left) the ratio of the arm to off is in "
       "the second run than in the first, with its 90 % interval; an arrow head: it goes on beyond "
       "the picture. Shaded is the margin, as much as is tolerated. An arm regressed if the test "
       "says that its change lies beyond the margin on the side that is worse, improved on the "
       "other side; it is within the margin if both ends are shown to be, and else the blocks "
       "cannot tell. A control is off once more, and has no reason to change."},
      plot);
}

std::optional<Picture> ratios_picture(const ComparedCell& cell) {
  RowPlot plot;
  plot.axis = empty_axis("overhead against off, block by block");
  plot.axis.tick_text = percent_tick;
  plot.zero = 0;
  plot.legend = {{"before", kBefore}, {"after", kAfter}};
  for (const OverheadChange* change : changes_in(cell)) {
    const bool moved = change->change == Change::regressed || change->change == Change::improved;
    if (change->metric != Metric::cpu_per_request && !moved) continue;
    if (!change->before.interval_pct || !change->after.interval_pct) continue;
    for (const bool is_after : {false, true}) {
      plot.rows.push_back(ratios_row(*change, is_after ? change->after : change->before, is_after));
      for (const RowMark& mark : plot.rows.back().marks) include(plot.axis, mark.at);
      include(plot.axis, plot.rows.back().marks.back().low.value());
      include(plot.axis, plot.rows.back().marks.back().high.value());
    }
  }
  if (plot.rows.empty()) return std::nullopt;
  return make_picture(
      {"ratios" + cell.id, "The blocks of both runs",
       "Each hollow mark is one block: the arm against off, measured side by side. The filled one "
       "is the estimate with its 95 % interval. Where the marks of both runs lie among each other, "
       "nothing changed that these runs could show."},
      plot);
}

std::optional<Picture> curves_picture(const ComparedCell& cell) {
  const auto left = index_of_cell(cell.before, cell.name);
  const auto right = index_of_cell(cell.after, cell.name);
  if (!left || !right) return std::nullopt;
  const std::vector<ArmTotals> before = arm_totals(cell.before, *left);
  const std::vector<ArmTotals> after = arm_totals(cell.after, *right);
  Axis x = empty_axis("percentile of the requests", ScaleKind::nines);
  Axis y = empty_axis("", ScaleKind::logarithmic);
  y.tick_text = nanos_tick;
  std::vector<XyPlot> panels;
  for (const ArmTotals& totals : before) {
    const ArmSpec& arm = cell.before.suite.arms.at(static_cast<std::size_t>(totals.arm));
    const auto same = std::ranges::find_if(after, [&](const ArmTotals& other) {
      return cell.after.suite.arms.at(static_cast<std::size_t>(other.arm)).name == arm.name;
    });
    if (arm.role == ArmRole::sham || arm.role == ArmRole::base || same == after.end()) continue;
    XyPlot plot;
    plot.height = kPanelHeight;
    plot.series = {percentile_curve(totals.times.response(), "before", kBefore),
                   percentile_curve(same->times.response(), "after", kAfter)};
    if (!panels.empty())
      for (PlotSeries& series : plot.series) series.label.clear();
    for (const PlotSeries& series : plot.series) {
      for (const PlotPoint& point : series.points) {
        include(x, point.x);
        include(y, point.y);
      }
    }
    plot.y.title = arm.name + ": response time";
    panels.push_back(std::move(plot));
  }
  if (panels.empty()) return std::nullopt;
  for (XyPlot& plot : panels) {
    const std::string title = std::move(plot.y.title);
    plot.x = x;
    plot.y = y;
    plot.y.title = title;
  }
  return make_picture(
      {"curves" + cell.id, "Response times of both runs",
       "Read upwards from a percentile: so many of the requests were answered within that time, "
       "over "
       "all valid segments. The two runs are two sessions: where the panel of off differs too, the "
       "machine or the load did, and only the ratio of an arm to off says something of tracing."},
      panels);
}

}  // namespace tracetax

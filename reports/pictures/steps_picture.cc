// A ladder of tracing states: what each step adds to the CPU of a request.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <map>

#include "reports/pictures/pictures.h"
#include "reports/words/sentences.h"

namespace tracetax {

std::optional<Picture> steps_picture(const CellView& view) {
  const Suite& suite = view.result.suite;
  if (suite.reference.empty()) return std::nullopt;
  RowPlot plot;
  plot.axis = empty_axis("CPU per request, us");
  include(plot.axis, 0);
  std::map<std::string, double> levels;  // us, as the steps add up
  std::size_t steps = 0;
  for (const Comparison& step : view.analysis.comparisons) {
    if (step.cell != view.cell || step.metric != Metric::cpu_per_request ||
        is_sham(suite, step.arm) || !step.off_value)
      continue;
    if (plot.rows.empty()) {
      levels[step.reference] = *step.off_value;
      plot.rows.push_back({.name = step.reference,
                           .value = format_value(step.metric, step.off_value),
                           .parts = {{0, *step.off_value, 0, step.reference}}});
      include(plot.axis, *step.off_value);
    }
    PlotRow row{.name = step.arm + " over " + step.reference, .value = "void"};
    const auto before = levels.find(step.reference);
    if (has_effect(step) && before != levels.end()) {
      const double us = *step.off_value / 100;  // of one percent
      const double from = before->second, to = from + us * *step.estimate_pct;
      const double low = from + us * step.interval_pct->low;
      const double high = from + us * step.interval_pct->high;
      const Interval amount{us * step.interval_pct->low, us * step.interval_pct->high,
                            step.interval_pct->level};
      const int look = look_of(suite, step.arm);
      row.value = format_amount(us * *step.estimate_pct, amount, "us");
      row.parts = {{std::min(from, to), std::max(from, to), look, row.value}};
      row.marks = {{.at = to, .low = low, .high = high, .look = 0, .hollow = true}};
      levels[step.arm] = to;
      include(plot.axis, high);
      ++steps;
    }
    plot.rows.push_back(std::move(row));
  }
  if (steps == 0) return std::nullopt;
  return make_picture(
      {"steps", "Step by step",
       "Each row adds one step of tracing to the row that it names; its bar is what the step adds "
       "to the CPU time of a request, the thin line on its end the 95 % interval of that."},
      plot);
}

}  // namespace tracetax

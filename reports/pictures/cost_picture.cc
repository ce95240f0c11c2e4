// The cost of tracing over the sampling rate: one point for each arm, and the line a + b r.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "reports/pictures/pictures.h"
#include "reports/words/sentences.h"

namespace tracetax {
namespace {

const CostModel* model_of(const CellView& view) {
  for (const CostModel& model : view.analysis.cost_models) {
    if (model.cell == view.cell) return &model;
  }
  return nullptr;
}

}  // namespace

std::optional<Picture> cost_picture(const CellView& view) {
  PlotSeries points{.label = "measured, with its 95 % interval", .look = 1, .line = false};
  double most = 0;
  const std::string off = view.result.suite.arms.front().name;
  for (const Comparison& comparison : view.analysis.comparisons) {
    const ArmSpec* arm = find_arm(view.result.suite, comparison.arm);
    if (comparison.cell != view.cell || comparison.metric != Metric::cpu_per_request ||
        arm == nullptr || arm->role != ArmRole::traced || arm->keeps ||
        comparison.reference != off ||
        arm->state.value_or(TracingState::exporting) != TracingState::exporting ||
        !has_effect(comparison) || !comparison.off_value)
      continue;
    const double us = *comparison.off_value / 100;  // of one percent
    points.points.push_back(
        {100 * arm->rate.share(), us * *comparison.estimate_pct, us * comparison.interval_pct->low,
         us * comparison.interval_pct->high, comparison.word == Word::within_noise,
         comparison.arm + ": " +
             format_effect(*comparison.estimate_pct, *comparison.interval_pct)});
    most = std::max(most, 100 * arm->rate.share());
  }
  const CostModel* model = model_of(view);
  const bool fitted = model != nullptr && model->a_us && model->b_us;
  if (points.points.size() < 2) return std::nullopt;
  XyPlot plot;
  plot.x = {.title = "requests sampled, %", .low = 0, .high = most};
  plot.y = empty_axis("CPU that tracing adds to a request, us");
  include(plot.y, 0);
  for (const PlotPoint& point : points.points) {
    include(plot.y, *point.low);
    include(plot.y, *point.high);
  }
  std::string caption =
      "What tracing adds to the CPU time of a request, over the share of requests that are "
      "sampled.";
  if (fitted) {
    const double a = *model->a_us, b = *model->b_us;
    include(plot.y, a);
    include(plot.y, a + b * most / 100);
    plot.series.push_back({.label = "a + b x share sampled",
                           .look = 2,
                           .marks = false,
                           .points = {{0, a}, {most, a + b * most / 100}}});
    caption += fmt::format(
        " The line begins at a = {}: what every request pays once tracing is on. It rises by b = "
        "{}: what a sampled request pays on top.",
        format_amount(a, *model->a_interval, "us"), format_amount(b, *model->b_interval, "us"));
    if (model->bends == true)
      caption += " The points bend away from the line: a and b hold nowhere exactly.";
  }
  plot.series.push_back(std::move(points));
  plot.rules = {{.at = 0, .label = "off", .css = "zero"}};
  return make_picture({"cost", "Cost over the sampling rate", caption}, plot);
}

}  // namespace tracetax

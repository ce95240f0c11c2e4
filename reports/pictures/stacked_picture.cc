// What a request costs in each of several cells: untraced, a, and b.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "harness/analysis/pairs/pairing.h"
#include "harness/core/text/units.h"
#include "harness/stats/sample.h"
#include "reports/pictures/pictures.h"
#include "reports/words/target_kind.h"

namespace tracetax {
namespace {

constexpr double kMostTimes = 3;  // the middle one: what is drawn of the longest bar

}  // namespace

std::optional<Picture> stacked_picture(const RunResult& result, const Analysis& analysis) {
  if (result.plan.cells.size() < 2) return std::nullopt;
  RowPlot plot;
  plot.axis = empty_axis("CPU per request when every request is sampled, us");
  include(plot.axis, 0);
  std::vector<const CostModel*> models;
  std::vector<double> totals;
  for (const CostModel& model : analysis.cost_models) {
    if (model.off_us && model.a_us && model.b_us) models.push_back(&model);
  }
  std::ranges::stable_sort(models, {}, [](const CostModel* model) { return *model->off_us; });
  for (const CostModel* model : models) {
    const double off = *model->off_us;
    const double a = off + std::max(*model->a_us, 0.0), b = a + std::max(*model->b_us, 0.0);
    const auto us = [](double value) { return format_nanos(1e3 * value); };
    plot.rows.push_back({.name = fmt::format("{} ({})", cell_name(result, model->cell),
                                             target_kind(result, model->cell)),
                         .value = fmt::format("{} + {} + {}", us(off), us(a - off), us(b - a)),
                         .parts = {{0, off, 0, "untraced: " + us(off)},
                                   {off, a, 1, "a: " + us(a - off)},
                                   {a, b, 2, "b: " + us(b - a)}}});
    totals.push_back(b);
  }
  if (plot.rows.size() < 2) return std::nullopt;
  // One that costs many times as much as the others must not press them into points.
  const double most = kMostTimes * median(totals).value_or(0);
  for (const double total : totals) include(plot.axis, std::min(total, most));
  plot.legend = {
      {"untraced", 0, true}, {"a: every request", 1, true}, {"b: a sampled one", 2, true}};
  return make_picture(
      {"stacked", "What a sampled request costs",
       "CPU time of one request that is sampled, the cheapest untraced one first: what it costs "
       "without tracing, what tracing adds to every request (a), and what a sampled one pays on "
       "top "
       "(b). Estimates of the cost model; where a or b came out below 0 it is drawn as 0, and the "
       "tables have the intervals. The share of tracing depends on how little the handler does: "
       "these do next to nothing."},
      plot);
}

}  // namespace tracetax

// The page of `hist --html`: the table, and the distributions over each other.
// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/hist/hist_views.h"
#include "reports/charts/percentile_curve.h"
#include "reports/charts/picture.h"
#include "reports/html/html_page.h"

namespace tracetax {
std::string hist_page(std::string_view title, std::span<const TagTotal> totals,
                      const HistView& view) {
  XyPlot plot;
  plot.x = empty_axis("percentile", ScaleKind::nines);
  plot.y = empty_axis("value", ScaleKind::logarithmic);
  if (view.scale.is_time) plot.y.tick_text = nanos_tick;
  for (const TagTotal& total : totals) {
    plot.series.push_back(percentile_curve(total.histogram, tag_in_text(total.tag),
                                           static_cast<int>(plot.series.size()),
                                           view.scale.factor));
    for (const PlotPoint& point : plot.series.back().points) {
      include(plot.x, point.x);
      include(plot.y, point.y);
    }
  }
  HtmlPage page(title);
  page.heading(1, title);
  page.table(hist_rows(totals, view));
  page.picture(
      make_picture({.id = "percentiles",
                    .title = "Values over percentiles",
                    .caption = "Each nine is as wide as the one before it. A line ends where "
                               "fewer than ten values lie beyond."},
                   plot));
  return std::move(page).finish();
}

}  // namespace tracetax

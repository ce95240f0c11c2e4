// The page of `hist --html`: the table, and the distributions over each other.
// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "harness/cli/hist/hist_views.h"
#include "reports/charts/picture.h"
#include "reports/html/html_page.h"

namespace tracetax {
namespace {

constexpr int kPointsOfNine = 30;

/// As far as ten values lie beyond: what is left moves from run to run.
PlotSeries series_of(const TagTotal& total, int look, const ValueScale& scale) {
  PlotSeries series{.label = tag_in_text(total.tag), .look = look, .marks = false};
  for (int i = 0;; ++i) {
    const double share = 1 - std::pow(10, -static_cast<double>(i) / kPointsOfNine);
    if (!total.histogram.supports(share)) return series;
    const auto value = static_cast<double>(total.histogram.percentile(100 * share));
    series.points.push_back({.x = share, .y = value * scale.factor});
  }
}

}  // namespace

std::string hist_page(std::string_view title, std::span<const TagTotal> totals,
                      const HistView& view) {
  XyPlot plot;
  plot.x = empty_axis("percentile", ScaleKind::nines);
  plot.y = empty_axis("value", ScaleKind::logarithmic);
  if (view.scale.is_time) plot.y.tick_text = nanos_tick;
  for (const TagTotal& total : totals) {
    plot.series.push_back(series_of(total, static_cast<int>(plot.series.size()), view.scale));
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

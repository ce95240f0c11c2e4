// Response times over percentiles, an arm each, as HdrHistogram's plotter has them.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "harness/stats/sample.h"
#include "reports/charts/percentile_curve.h"
#include "reports/pictures/pictures.h"

namespace tracetax {
namespace {

/// From which percentile on the driver itself was later than it may be, in the arm where that is
/// soonest; none: nowhere.
std::optional<double> spoilt_from(const CellView& view) {
  std::vector<double> limits;
  for (const SegmentRecord& segment : view.result.segments) {
    if (segment.spec.cell == view.cell && segment.valid() && segment.lag_limit_ns > 0)
      limits.push_back(segment.lag_limit_ns);
  }
  const std::optional<double> limit = median(limits);
  if (!limit) return std::nullopt;
  std::optional<double> from;
  for (const ArmTotals& totals : view.totals) {
    const Histogram lag = totals.times.all_lag();
    const auto late = static_cast<double>(lag.count_above(static_cast<std::int64_t>(*limit)));
    if (late <= 0) continue;
    const double share = 1 - late / static_cast<double>(lag.count());
    from = std::min(from.value_or(1), share);
  }
  return from;
}

}  // namespace

std::optional<Picture> response_picture(const CellView& view) {
  XyPlot plot;
  plot.height = 280;
  plot.x = empty_axis("percentile of the requests", ScaleKind::nines);
  plot.y = empty_axis("response time, from the time a request was due", ScaleKind::logarithmic);
  plot.y.tick_text = nanos_tick;
  for (const ArmTotals& totals : view.totals) {
    const ArmSpec& arm = view.result.suite.arms.at(static_cast<std::size_t>(totals.arm));
    PlotSeries series =
        percentile_curve(totals.times.response(), arm.name, look_of(view.result.suite, arm.name));
    if (arm.role == ArmRole::sham || series.points.size() < 2) continue;
    for (const PlotPoint& point : series.points) {
      include(plot.x, point.x);
      include(plot.y, point.y);
    }
    plot.series.push_back(std::move(series));
  }
  if (plot.series.empty()) return std::nullopt;
  std::string caption =
      "Read upwards from a percentile: so many of the requests were answered within that time. "
      "Over "
      "all valid segments; a curve ends where fewer than ten requests lie beyond it. For looking "
      "at: "
      "the comparison rests on single segments.";
  if (const auto from = spoilt_from(view); from && *from < plot.x.high) {
    plot.shades.push_back({*from, plot.x.high, "the driver was late too", "quiet"});
    caption +=
        " Shaded: of so many requests the load generator itself was later than its limit, so that "
        "the times there are not the service's alone.";
  }
  return make_picture({"response", "Response times", caption}, plot);
}

}  // namespace tracetax

// CPU per request of every segment in order of time; void ones hollow, with the reason.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <map>

#include "harness/core/text/wrap.h"
#include "reports/pictures/pictures.h"
#include "reports/words/run_time.h"

namespace tracetax {
namespace {

constexpr std::size_t kLongestReason = 160;  // characters

std::string why_void(const SegmentRecord& segment) {
  const VoidReason& reason = segment.voids.front();
  const std::string text = fmt::format("block {}, {}: void, {}: {}", segment.spec.block + 1,
                                       segment.arm, name_of(reason.rule), one_line(reason.detail));
  return std::string(cut_to_width(text, kLongestReason));
}

}  // namespace

std::optional<Picture> blocks_picture(const CellView& view) {
  const RunResult& result = view.result;
  const double start = unix_seconds(result.started_at);
  XyPlot plot;
  plot.x = empty_axis("minutes since the run began");
  plot.y = empty_axis("CPU per request, us");
  std::map<int, PlotSeries> by_arm;
  std::vector<const SegmentRecord*> without;  // void and without a value
  for (const SegmentRecord& segment : result.segments) {
    if (segment.spec.cell != view.cell || segment.spec.kind != SegmentKind::open) continue;
    const double minutes = (unix_seconds(segment.started_at) - start) / 60;
    const std::optional<double> cpu_us = Metric::cpu_per_request->read(segment);
    if (!cpu_us && segment.valid()) continue;
    include(plot.x, minutes);
    if (cpu_us) include(plot.y, *cpu_us);
    if (!cpu_us) {
      without.push_back(&segment);
      continue;
    }
    PlotSeries& series = by_arm[segment.spec.arm];
    series.points.push_back({.x = minutes,
                             .y = *cpu_us,
                             .hollow = !segment.valid(),
                             .hover = segment.valid() ? "" : why_void(segment)});
  }
  if (by_arm.empty() && without.empty()) return std::nullopt;
  for (const SegmentRecord* segment : without) {
    by_arm[segment->spec.arm].points.push_back(
        {.x = (unix_seconds(segment->started_at) - start) / 60,
         .y = std::isfinite(plot.y.low) ? plot.y.low : 0.0,
         .hollow = true,
         .hover = why_void(*segment)});
  }
  for (auto& [arm, series] : by_arm) {
    series.label = result.suite.arms.at(static_cast<std::size_t>(arm)).name;
    series.look = look_of(result.suite, series.label);
    series.line = false;
    if (!is_sham(result.suite, series.label)) plot.series.push_back(std::move(series));
  }
  if (plot.series.empty() || !(plot.x.high > plot.x.low)) return std::nullopt;
  return make_picture({"blocks", "Every segment, in order of time",
                       "One mark for each segment: one arm under load once. The arms of a block "
                       "stand close together "
                       "in time and are compared with one another only, so that a slow drift of "
                       "the machine falls on "
                       "all of them. Hollow: void, it broke a rule of validity and gives no "
                       "number; point at it for "
                       "the reason."},
                      plot);
}

}  // namespace tracetax

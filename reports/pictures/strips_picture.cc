// What else went on while it was measured: target, cores, machine and driver over time.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "reports/pictures/pictures.h"
#include "reports/words/run_time.h"

namespace tracetax {
namespace {

constexpr int kPlaces = 240;            // along the whole run: each is a point or a gap
constexpr std::size_t kFewPoints = 60;  // are drawn as marks, more as a line

struct Moment {
  double at_s = 0;  // since the run began
  std::optional<double> cpu{}, core_ns{}, steal_pct{}, lag_ns{};
};

/// What a segment comes to as a whole.
Moment whole_of(const SegmentRecord& segment) {
  Moment moment;
  if (segment.usage && segment.duration_s > 0)
    moment.cpu = static_cast<double>(segment.usage->cpu_ns) / 1e9 / segment.duration_s;
  if (segment.core) moment.core_ns = segment.core->mean_ns;
  moment.steal_pct = segment.steal_pct;
  if (!segment.times.lag.empty()) moment.lag_ns = segment.times.lag.quantile_interpolated(0.99);
  return moment;
}

/// Every tick of every segment; the segment as a whole for what its ticks do not have: all of a
/// record that is older than they are, and the lag where a tick has too few requests for a p99.
std::vector<Moment> moments_of(const RunResult& result) {
  std::vector<Moment> all;
  const double start = unix_seconds(result.started_at);
  for (const SegmentRecord& segment : result.segments) {
    Moment whole = whole_of(segment);
    whole.at_s = unix_seconds(segment.started_at) - start;
    for (const SeriesTick& tick : segment.series.ticks) {
      Moment moment{.at_s = whole.at_s + tick.at_s};
      if (tick.cpu_ns && segment.series.tick_s > 0)
        moment.cpu = static_cast<double>(*tick.cpu_ns) / 1e9 / segment.series.tick_s;
      moment.core_ns = tick.core_ns;
      moment.steal_pct = tick.steal_pct;
      if (tick.lag_p99_ns > 0) moment.lag_ns = tick.lag_p99_ns;
      all.push_back(moment);
    }
    const auto lacks = [&](std::optional<double> Moment::*value) {
      const std::span ticks(all.end() - static_cast<std::ptrdiff_t>(segment.series.ticks.size()),
                            all.end());
      return std::ranges::none_of(ticks,
                                  [&](const Moment& one) { return (one.*value).has_value(); });
    };
    for (const auto value : {&Moment::cpu, &Moment::core_ns, &Moment::steal_pct, &Moment::lag_ns}) {
      if (!lacks(value)) whole.*value = std::nullopt;
    }
    all.push_back(whole);
  }
  return all;
}

/// The greatest value in each place along the time: a short stall must not be averaged away.
std::vector<PlotPoint> points_of(const std::vector<Moment>& moments, double most_s,
                                 std::optional<double> Moment::*value) {
  std::vector<std::optional<double>> places(kPlaces);
  for (const Moment& moment : moments) {
    if (!(moment.*value) || !(moment.at_s >= 0)) continue;
    const auto place =
        static_cast<std::size_t>(std::min(moment.at_s / most_s, 1.0) * (kPlaces - 1));
    places[place] = std::max(places[place].value_or(*(moment.*value)), *(moment.*value));
  }
  std::vector<PlotPoint> points;
  for (int i = 0; i < kPlaces; ++i) {
    const auto& found = places[static_cast<std::size_t>(i)];
    if (found) points.push_back({.x = most_s / 60 * i / (kPlaces - 1), .y = *found});
  }
  return points;
}

}  // namespace

std::optional<Picture> strips_picture(const RunResult& result) {
  const std::vector<Moment> moments = moments_of(result);
  double most_s = 0;
  for (const Moment& moment : moments) most_s = std::max(most_s, moment.at_s);
  if (moments.size() < 2 || !(most_s > 0) || most_s > 1e9) return std::nullopt;
  struct Strip {
    std::string title;
    std::optional<double> Moment::*value;
    bool from_zero;
    std::string (*tick_text)(double) = nullptr;
  };
  std::vector<XyPlot> panels;
  for (const Strip& strip :
       {Strip{"CPUs that the target uses", &Moment::cpu, true},
        Strip{"time stolen by the host, %", &Moment::steal_pct, true},
        Strip{"core probe: a fixed loop on the target's core", &Moment::core_ns, false, nanos_tick},
        Strip{"lag p99: how late the load generator is", &Moment::lag_ns, true, nanos_tick}}) {
    PlotSeries series{.look = 1, .points = points_of(moments, most_s, strip.value)};
    if (series.points.size() < 2) continue;
    series.line = series.points.size() > kFewPoints;
    series.marks = !series.line;
    XyPlot panel;
    panel.height = 70;
    panel.x = {.title = "minutes since the run began", .low = 0, .high = most_s / 60};
    panel.y = empty_axis(strip.title);
    panel.y.tick_text = strip.tick_text;
    if (strip.from_zero) include(panel.y, 0);
    for (const PlotPoint& point : series.points) include(panel.y, point.y);
    panel.series.push_back(std::move(series));
    panels.push_back(std::move(panel));
  }
  if (panels.empty()) return std::nullopt;
  std::string caption =
      "The same minutes one above the other; where a stretch of time holds several values, the "
      "greatest. Wanted are level strips: a spike that stands where numbers look odd explains "
      "them. "
      "Stolen time and a slow core probe (a loop of fixed length) are neighbours on the same "
      "machine; lag is the load generator's own lateness.";
  if (result.suite.design.capacity)
    caption += " At full speed, which the suite asks for too, the target uses more.";
  return make_picture({"strips", "The machine while it was measured", caption}, panels);
}

}  // namespace tracetax

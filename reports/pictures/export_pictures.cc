// How exports went: the delay from a span's end to its arrival, and spans per batch.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "harness/core/text/units.h"
#include "harness/stats/sample.h"
#include "reports/pictures/pictures.h"

namespace tracetax {
namespace {

/// Over the segments of an arm: the middle of their values, and the extremes.
struct Spread {
  std::vector<double> middles;
  double high = 0;
};

template <typename Read>
std::vector<std::pair<const ArmSpec*, Spread>> spreads(const CellView& view, const Read& read) {
  std::vector<std::pair<const ArmSpec*, Spread>> all;
  for (std::size_t arm = 0; arm < view.result.suite.arms.size(); ++arm) {
    Spread spread;
    for (const SegmentRecord& segment : view.result.segments) {
      if (segment.spec.cell == view.cell && segment.spec.arm == static_cast<int>(arm))
        read(segment.receipt, spread);
    }
    if (!spread.middles.empty()) all.emplace_back(&view.result.suite.arms[arm], std::move(spread));
  }
  return all;
}

template <typename Text>
std::optional<RowPlot> spread_plot(const CellView& view,
                                   const std::vector<std::pair<const ArmSpec*, Spread>>& all,
                                   Axis axis, const Text& text) {
  RowPlot plot;
  plot.axis = std::move(axis);
  for (const auto& [arm, spread] : all) {
    const double middle = median(spread.middles).value_or(0);
    const double high = std::max(spread.high, middle);
    if (!(middle > 0)) continue;
    include(plot.axis, middle);
    include(plot.axis, high);
    plot.rows.push_back({.name = arm->name,
                         .value = text(middle, high),
                         .marks = {{.at = middle,
                                    .low = middle,
                                    .high = high,
                                    .look = look_of(view.result.suite, arm->name)}}});
  }
  if (plot.rows.empty()) return std::nullopt;
  return plot;
}

}  // namespace

std::optional<Picture> delay_picture(const CellView& view) {
  const auto all = spreads(view, [](const Receipt& receipt, Spread& spread) {
    if (!receipt.export_delay_p50_ms) return;
    spread.middles.push_back(1e6 * *receipt.export_delay_p50_ms);
    spread.high = std::max(spread.high, 1e6 * receipt.export_delay_max_ms.value_or(0));
  });
  Axis axis = empty_axis("from the end of a span to its arrival", ScaleKind::logarithmic);
  axis.tick_text = nanos_tick;
  const auto plot = spread_plot(view, all, std::move(axis), [](double middle, double high) {
    return fmt::format("p50 {}, max {}", format_nanos(middle), format_nanos(high));
  });
  if (!plot) return std::nullopt;
  return make_picture({"delay", "Export delay",
                       "How long a span waits until it is sent: the mark is the p50 (middle one of "
                       "the segments), the line reaches to the longest. A service that is stopped "
                       "sooner loses what still waits."},
                      *plot);
}

std::optional<Picture> batch_picture(const CellView& view) {
  const auto all = spreads(view, [](const Receipt& receipt, Spread& spread) {
    if (receipt.payloads == 0 || !(receipt.batch_mean > 0)) return;
    spread.middles.push_back(receipt.batch_mean);
    spread.high = std::max(spread.high, static_cast<double>(receipt.batch_max));
  });
  Axis axis = empty_axis("spans in one batch");
  include(axis, 0);
  const auto plot = spread_plot(view, all, std::move(axis), [](double middle, double high) {
    return fmt::format("mean {}, most {}", format_number(middle), format_number(high));
  });
  if (!plot) return std::nullopt;
  return make_picture({"batches", "Batch sizes",
                       "Spans that came together: the mark is the mean (middle one of the "
                       "segments), the line reaches to the largest. Small batches cost more per "
                       "span."},
                      *plot);
}

}  // namespace tracetax

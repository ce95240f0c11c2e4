// Where spans went: expected, as the service counted them on their way, received.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "harness/core/text/effect_text.h"
#include "reports/pictures/pictures.h"

namespace tracetax {
namespace {

struct CountedByTarget {
  std::uint64_t segments = 0;
  SelfCounts sum;
};

CountedByTarget counted(const CellView& view, int arm) {
  CountedByTarget all;
  for (const SegmentRecord& segment : view.result.segments) {
    if (segment.spec.cell != view.cell || segment.spec.arm != arm || !segment.self_counts) continue;
    ++all.segments;
    all.sum.sampled += segment.self_counts->sampled;
    all.sum.ended += segment.self_counts->ended;
    all.sum.dropped += segment.self_counts->dropped;
    all.sum.exported += segment.self_counts->exported;
    all.sum.failed += segment.self_counts->failed;
  }
  return all;
}

/// A stage: what was there, and what was lost on the way to it, in percent of `whole`.
PlotRow stage(std::string name, std::uint64_t spans, std::uint64_t lost, std::string_view how,
              std::uint64_t whole) {
  const double percent = 100 / static_cast<double>(std::max<std::uint64_t>(whole, 1));
  const double there = percent * static_cast<double>(spans);
  PlotRow row{.name = std::move(name), .value = format_count(spans)};
  row.parts.push_back({0, there, 3, row.value + " spans"});
  if (lost > 0) {
    const std::string text = fmt::format("{} {}", format_count(lost), how);
    row.value += ", " + text;
    row.parts.push_back({there, there + percent * static_cast<double>(lost), 2, text});
  }
  return row;
}

void add_arm(const CellView& view, const ArmTotals& totals, RowPlot& plot) {
  if (totals.received == 0 && totals.expected == 0) return;
  const std::size_t first = plot.rows.size();
  const std::uint64_t whole =
      totals.receipt_known && totals.expected > 0 ? totals.expected : totals.received;
  if (totals.receipt_known) plot.rows.push_back(stage("expected", totals.expected, 0, "", whole));
  const CountedByTarget own = counted(view, totals.arm);
  if (own.segments == totals.segments) {
    plot.rows.push_back(stage("ended in the service", own.sum.ended, 0, "", whole));
    plot.rows.push_back(stage("exported by it", own.sum.exported, own.sum.dropped + own.sum.failed,
                              "dropped or failed", whole));
  }
  const std::uint64_t lost = totals.receipt_known && totals.expected > totals.received
                                 ? totals.expected - totals.received
                                 : 0;
  plot.rows.push_back(stage("received", totals.received, lost, "missing", whole));
  plot.rows.at(first).heading =
      view.result.suite.arms.at(static_cast<std::size_t>(totals.arm)).name;
}

}  // namespace

std::optional<Picture> spans_picture(const CellView& view) {
  RowPlot plot;
  plot.axis = empty_axis("of the spans expected, over all segments");
  for (const ArmTotals& totals : view.totals) add_arm(view, totals, plot);
  if (plot.rows.empty()) return std::nullopt;
  include(plot.axis, 0);
  bool lost = false, counts = false;
  for (const PlotRow& row : plot.rows) {
    include(plot.axis, row.parts.back().to);
    lost = lost || row.parts.size() > 1;
    counts = counts || row.name == "exported by it";
  }
  plot.axis.tick_text = [](double percent) { return fmt::format("{:.4g} %", percent); };
  plot.legend = {{"there", 3, true}};
  if (lost) plot.legend.push_back({"lost", 2, true});
  std::string caption =
      "Spans that had to come by the plan of the requests, and spans that the receiver counted, "
      "trace by trace. Equal bars: no span was lost, so the cost is that of tracing done in full.";
  if (counts) caption += " Between them what the service says of itself.";
  return make_picture({"spans", "Spans expected and received", caption}, plot);
}

}  // namespace tracetax

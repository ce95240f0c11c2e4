// SPDX-License-Identifier: Apache-2.0
#include "reports/charts/row_plot.h"

#include <algorithm>
#include <utility>

#include "reports/charts/chart_style.h"
#include "reports/charts/svg.h"

namespace tracetax {
namespace {

constexpr double kRow = 22;
constexpr double kLineOfText = 16;

struct RowFrame {
  double left = 0, right = 0;
  bool above = false;  // names and values stand above
};

RowFrame frame_of(const RowPlot& plot, double width) {
  double names = 0, values = 0;
  for (const PlotRow& row : plot.rows) {
    names = std::max(names, text_width(row.name));
    values = std::max(values, text_width(row.value));
  }
  const double left = names + 14, right = width - values - 16;
  if (width < kWidePicture || right - left < width / 3)
    return {.left = 12, .right = width - 12, .above = true};
  return {.left = left, .right = right};
}

/// Names and values that stand above a row and would meet stand one above the other.
bool needs_two_lines(const PlotRow& row, double width) {
  return text_width(row.name) + text_width(row.value) + 12 > width;
}

/// The heights of a row and of what stands above it.
double height_of(const PlotRow& row, const RowFrame& frame, double width) {
  const double heading = row.heading.empty() ? 0 : kLineOfText + 8;
  if (!frame.above) return heading + kRow;
  return heading + kRow + kLineOfText * (needs_two_lines(row, width) ? 2 : 1);
}

void draw_marks(Svg& svg, const PlotRow& row, const Scale& scale, const RowFrame& frame, double y) {
  for (const RowMark& mark : row.marks) {
    if (mark.low && mark.high) {
      const std::string css = look_css('w', mark.look);
      svg.line(scale.at(*mark.low), y, scale.at(*mark.high), y, css);
      if (*mark.high > scale.high()) svg.beyond(frame.right, y, true, mark.look);
      if (*mark.low < scale.low()) svg.beyond(frame.left, y, false, mark.look);
      for (const double end : {*mark.low, *mark.high}) {
        if (scale.shows(end)) svg.line(scale.at(end), y - 4, scale.at(end), y + 4, css);
      }
    }
    if (scale.shows(mark.at)) svg.mark(scale.at(mark.at), y, mark.look, mark.hollow, row.hover);
  }
}

void draw_row(Svg& svg, const PlotRow& row, const Scale& scale, const RowFrame& frame, double y) {
  if (row.quiet_low && row.quiet_high) {
    const double from = scale.at(*row.quiet_low), to = scale.at(*row.quiet_high);
    svg.rect(from, y - 9, std::max(to - from, 1.0), 18, "quiet");
  }
  if (row.bound && scale.shows(*row.bound))
    svg.line(scale.at(*row.bound), y - 10, scale.at(*row.bound), y + 10, "budget");
  for (const RowPart& part : row.parts) {
    const double from = scale.at(part.from), to = scale.at(part.to);
    svg.rect(from, y - 7, to - from, 14, look_css('b', part.look), part.hover);
    if (part.from < scale.high() && part.to > scale.high())
      svg.beyond(frame.right, y, true, part.look);
  }
  draw_marks(svg, row, scale, frame, y);
}

}  // namespace

Axis change_axis(const std::vector<PlotRow>& rows, std::string title) {
  Axis axis = empty_axis(std::move(title));
  axis.tick_text = percent_tick;
  include(axis, 0);
  for (const PlotRow& row : rows) {
    for (const RowMark& mark : row.marks) include(axis, mark.at);
    if (row.bound) include(axis, *row.bound);
  }
  const double room = 0.5 * std::max(axis.high - axis.low, 2.0);
  const double lowest = axis.low - room, highest = axis.high + room;
  const auto include_part = [&](std::optional<double> low, std::optional<double> high) {
    if (low) include(axis, std::max(*low, lowest));
    if (high) include(axis, std::min(*high, highest));
  };
  for (const PlotRow& row : rows) {
    for (const RowMark& mark : row.marks) include_part(mark.low, mark.high);
    include_part(row.quiet_low, row.quiet_high);
  }
  return axis;
}

std::string draw_rows(const RowPlot& plot, double width, std::string_view label) {
  Svg svg;
  const RowFrame frame = frame_of(plot, width);
  std::vector<LegendItem> items;
  for (const RowLegend& item : plot.legend) {
    items.push_back(
        {item.text, item.look, item.bar ? LegendItem::Sign::bar : LegendItem::Sign::mark});
  }
  const double legend = draw_legend(svg, items, frame.above ? 0 : frame.left, 0,
                                    width - (frame.above ? 0 : frame.left));
  double height = legend;
  for (const PlotRow& row : plot.rows) height += height_of(row, frame, width);
  Scale scale(plot.axis, frame.left, frame.right, 70);
  scale.thin_names(0, width);
  for (const AxisTick& tick : scale.ticks()) {
    if (!scale.shows(tick.at)) continue;
    svg.line(scale.at(tick.at), legend, scale.at(tick.at), height, "g");
    svg.text(scale.at(tick.at), height + kLineOfText, Anchor::middle, "n", tick.text);
  }
  if (plot.zero && scale.shows(*plot.zero))
    svg.line(scale.at(*plot.zero), legend, scale.at(*plot.zero), height, "zero");
  double y = legend;
  for (const PlotRow& row : plot.rows) {
    if (!row.heading.empty()) {
      y += kLineOfText + 8;
      svg.text(0, y - 4, Anchor::start, "h", text_within(row.heading, 0.9 * width));  // bold
    }
    if (frame.above) {
      y += kLineOfText;
      svg.text(0, y - 3, Anchor::start, "t", text_within(row.name, width));
      if (needs_two_lines(row, width)) y += kLineOfText;
      svg.text(width, y - 3, Anchor::end, "v", row.value);
    } else {
      svg.text(0, y + kRow / 2 + 4, Anchor::start, "t", row.name);
      svg.text(width, y + kRow / 2 + 4, Anchor::end, "v", row.value);
    }
    draw_row(svg, row, scale, frame, y + kRow / 2);
    y += kRow;
  }
  if (!plot.axis.title.empty()) {
    svg.text((frame.left + frame.right) / 2, height + 2 * kLineOfText + 2, Anchor::middle, "t",
             plot.axis.title);
  }
  return std::move(svg).finish(width, height + (plot.axis.title.empty() ? 1.5 : 2.6) * kLineOfText,
                               label, chart_css(width));
}

}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "reports/charts/xy_plot.h"

#include <algorithm>
#include <cmath>

#include "reports/charts/chart_style.h"
#include "reports/charts/svg.h"

namespace tracetax {
namespace {

constexpr double kRowOfText = 16;
constexpr double kRight = 10;

struct Frame {
  double left = 0, right = 0, top = 0, bottom = 0;
};

bool can_show(const Scale& x, const Scale& y, const PlotPoint& point) {
  return x.shows(point.x) && y.shows(point.y);
}

/// Stretches of points without a gap.
std::vector<std::vector<const PlotPoint*>> stretches(const PlotSeries& series, const Scale& x,
                                                     const Scale& y) {
  std::vector<std::vector<const PlotPoint*>> all(1);
  for (const PlotPoint& point : series.points) {
    if (can_show(x, y, point)) {
      all.back().push_back(&point);
    } else if (!all.back().empty()) {
      all.emplace_back();
    }
  }
  return all;
}

void draw_line(Svg& svg, const PlotSeries& series, const Scale& x, const Scale& y,
               const Frame& frame) {
  for (const auto& stretch : stretches(series, x, y)) {
    Path line, band, lower;
    for (const PlotPoint* point : stretch) {
      line.emplace_back(x.at(point->x), y.at(point->y));
      if (point->low && point->high) {
        band.emplace_back(x.at(point->x), y.at(*point->high));
        lower.emplace_back(x.at(point->x), y.at(*point->low));
      }
    }
    if (series.band) {
      band.insert(band.end(), lower.rbegin(), lower.rend());
      svg.path(band, look_css('a', series.look), true);
    }
    if (series.area && line.size() > 1) {
      Path area = line;
      area.emplace_back(line.back().first, frame.bottom);
      area.emplace_back(line.front().first, frame.bottom);
      svg.path(area, look_css('a', series.look), true);
    }
    if (series.line) svg.path(line, look_css(series.area ? 'w' : 'l', series.look));
  }
}

void draw_points(Svg& svg, const PlotSeries& series, const Scale& x, const Scale& y) {
  for (const PlotPoint& point : series.points) {
    if (!can_show(x, y, point)) continue;
    const double at = x.at(point.x);
    if (!series.band && point.low && point.high) {
      const std::string css = look_css('w', series.look);
      svg.line(at, y.at(*point.low), at, y.at(*point.high), css);
      svg.line(at - 3, y.at(*point.low), at + 3, y.at(*point.low), css);
      svg.line(at - 3, y.at(*point.high), at + 3, y.at(*point.high), css);
    }
    if (series.marks) svg.mark(at, y.at(point.y), series.look, point.hollow, point.hover);
  }
}

void draw_axes(Svg& svg, const XyPlot& plot, const Scale& x, const Scale& y, const Frame& frame,
               bool names_x) {
  double last = frame.bottom + 2 * kRowOfText;
  for (const AxisTick& tick : y.ticks()) {
    if (!y.shows(tick.at)) continue;
    const double at = y.at(tick.at);
    svg.line(frame.left, at, frame.right, at, "g");
    if (tick.text.empty() || last - at < kRowOfText - 3) continue;
    svg.text(frame.left - 6, at + 4, Anchor::end, "n", tick.text);
    last = at;
  }
  for (const AxisTick& tick : x.ticks()) {
    if (!x.shows(tick.at)) continue;
    svg.line(x.at(tick.at), frame.top, x.at(tick.at), frame.bottom, "g");
    if (names_x && !tick.text.empty())
      svg.text(x.at(tick.at), frame.bottom + kRowOfText, Anchor::middle, "n", tick.text);
  }
  svg.line(frame.left, frame.bottom, frame.right, frame.bottom, "x");
  if (names_x && !plot.x.title.empty())
    svg.text((frame.left + frame.right) / 2, frame.bottom + 2 * kRowOfText + 2, Anchor::middle, "t",
             plot.x.title);
}

/// Text beside x, on the side where there is room.
void label_beside(Svg& svg, double at, double row, const Frame& frame, std::string_view css,
                  const std::string& text) {
  if (text.empty()) return;
  const bool fits = at + 4 + text_width(text) < frame.right;
  svg.text(fits ? at + 4 : at - 4, row, fits ? Anchor::start : Anchor::end, css, text);
}

void draw_rules(Svg& svg, const XyPlot& plot, const Scale& x, const Scale& y, const Frame& frame) {
  double row = frame.top + 12;
  for (const PlotRule& rule : plot.rules) {
    if (!(rule.vertical ? x : y).shows(rule.at)) continue;
    if (rule.vertical) {
      svg.line(x.at(rule.at), frame.top, x.at(rule.at), frame.bottom, rule.css);
      label_beside(svg, x.at(rule.at), row, frame, "n", rule.label);
      if (!rule.label.empty()) row += kRowOfText;
    } else {
      svg.line(frame.left, y.at(rule.at), frame.right, y.at(rule.at), rule.css);
      svg.text(frame.right - 4, y.at(rule.at) - 4, Anchor::end, "n", rule.label);
    }
  }
}

void draw_shades(Svg& svg, const XyPlot& plot, const Scale& x, const Frame& frame) {
  for (const PlotShade& shade : plot.shades) {
    const double from = x.at(shade.from), to = x.at(shade.to);
    if (!(to > from)) continue;
    svg.rect(from, frame.top, to - from, frame.bottom - frame.top, shade.css, shade.label);
    label_beside(svg, from, frame.bottom - 6, frame, "n", shade.label);
  }
}

void draw_panel(Svg& svg, const XyPlot& plot, const Scale& x, const Scale& y, const Frame& frame,
                bool names_x) {
  draw_shades(svg, plot, x, frame);
  draw_axes(svg, plot, x, y, frame, names_x);
  for (const PlotSeries& series : plot.series) draw_line(svg, series, x, y, frame);
  draw_rules(svg, plot, x, y, frame);
  for (const PlotSeries& series : plot.series) draw_points(svg, series, x, y);
}

std::vector<LegendItem> legend_of(const XyPlot& plot) {
  std::vector<LegendItem> items;
  for (const PlotSeries& series : plot.series) {
    if (series.label.empty()) continue;
    items.push_back({series.label, series.look,
                     series.marks  ? LegendItem::Sign::mark
                     : series.line ? LegendItem::Sign::line
                                   : LegendItem::Sign::area});
  }
  return items;
}

/// Pixels between two ticks of y: a low panel has two all the same.
double spacing_of(const XyPlot& plot) { return std::clamp(plot.height / 3, 24.0, 44.0); }

double widest_name(const Scale& scale) {
  double widest = 0;
  for (const AxisTick& tick : scale.ticks()) widest = std::max(widest, text_width(tick.text));
  return widest;
}

}  // namespace

std::string draw_xy(std::span<const XyPlot> panels, double width, std::string_view label) {
  Svg svg;
  double names = 0;
  for (const XyPlot& plot : panels)
    names = std::max(names, widest_name(Scale(plot.y, plot.height, 0, spacing_of(plot))));
  double top = 0;
  for (std::size_t i = 0; i < panels.size(); ++i) {
    const XyPlot& plot = panels[i];
    const bool last = i + 1 == panels.size();
    const double left = std::min(names + 10, width / 3);
    top += draw_legend(svg, legend_of(plot), left, top, width - left);
    if (!plot.y.title.empty()) {
      svg.text(0, top + 12, Anchor::start, "t", plot.y.title);
      top += kRowOfText + 4;
    }
    const Frame frame{
        .left = left, .right = width - kRight, .top = top + 4, .bottom = top + 4 + plot.height};
    Scale x(panels.back().x, frame.left, frame.right, 70);
    x.thin_names(0, width);
    const Scale y(plot.y, frame.bottom, frame.top, spacing_of(plot));
    draw_panel(svg, plot, x, y, frame, last);
    top = frame.bottom + (last ? (plot.x.title.empty() ? 1.5 : 2.6) * kRowOfText : 12);
  }
  return std::move(svg).finish(width, top, label, chart_css(width));
}

}  // namespace tracetax

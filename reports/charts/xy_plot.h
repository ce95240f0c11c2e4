// A picture with two axes: lines, points with whiskers, bands, areas, rules and shaded stretches.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reports/charts/scale.h"

namespace tracetax {

struct PlotPoint {
  double x = 0, y = 0;  // one that cannot be drawn is left out, and its line is broken there
  std::optional<double> low{}, high{};  // its interval, along y
  bool hollow = false;
  std::string hover{};  // shown when it is pointed at; empty: nothing
};

struct PlotSeries {
  std::string label{};  // in the legend; empty: not there
  int look = 0;         // svg.h
  bool line = true;
  bool marks = true;
  bool band = false;  // intervals as one band, not as whiskers
  bool area = false;  // filled down to the axis
  std::vector<PlotPoint> points{};
};

/// A line across the picture.
struct PlotRule {
  bool vertical = false;
  double at = 0;
  std::string label{};
  std::string css = "budget";  // or "zero"
};

/// A stretch that is shaded from top to bottom.
struct PlotShade {
  double from = 0, to = 0;  // along x
  std::string label{};
  std::string css = "quiet";  // or "bad", "good"
};

struct XyPlot {
  Axis x{}, y{};
  std::vector<PlotSeries> series{};
  std::vector<PlotRule> rules{};
  std::vector<PlotShade> shades{};
  double height = 240;  // of the part within the axes
};

/// The SVG element; `label` says in words what it shows. Panels share the x axis of the last and
/// stand one above the other; the title of each y axis stands above its panel.
[[nodiscard]] std::string draw_xy(std::span<const XyPlot> panels, double width,
                                  std::string_view label);

}  // namespace tracetax

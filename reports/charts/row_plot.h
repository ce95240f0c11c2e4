// A picture of rows with one axis along the bottom: intervals, points and stacked bars, each row
// with its name and its value in words.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/charts/scale.h"

namespace tracetax {

struct RowMark {
  double at = 0;
  std::optional<double> low{}, high{};  // its interval
  int look = 0;                         // svg.h
  bool hollow = false;
};

/// A part of a bar; parts of one row do not overlap.
struct RowPart {
  double from = 0, to = 0;
  int look = 0;
  std::string hover{};
};

struct PlotRow {
  std::string heading{};  // above it: begins a group; empty: goes on with the last one
  std::string name{};
  std::string value{};  // at its end, in words
  std::vector<RowMark> marks{};
  std::vector<RowPart> parts{};
  std::optional<double> quiet_low{}, quiet_high{};  // a stretch that is shaded: the noise floor
  std::optional<double> bound{};                    // a line across: the budget
  std::string hover{};
};

struct RowLegend {
  std::string text;
  int look = 0;
  bool bar = false;
};

struct RowPlot {
  Axis axis{};
  std::vector<PlotRow> rows{};
  std::vector<RowLegend> legend{};
  std::optional<double> zero{};  // a line through all rows
};

/// An axis of percent about 0. It shows every mark and bound, and of intervals and stretches what
/// lies not too far off: one wide one must not press all others into a point.
[[nodiscard]] Axis change_axis(const std::vector<PlotRow>& rows, std::string title);

/// The SVG element; `label` says in words what it shows. Where it is narrow, names and values stand
/// above what they belong to.
[[nodiscard]] std::string draw_rows(const RowPlot& plot, double width, std::string_view label);

}  // namespace tracetax

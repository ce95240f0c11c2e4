// An SVG picture in the making. Colours and line widths are classes of chart_style.h, so that one
// picture does for light, dark and paper. Numbers have at most one decimal: the same picture is the
// same bytes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tracetax {

/// Text safe in HTML and SVG, in content and in quoted attributes: marks escaped, control
/// characters as spaces, invalid UTF-8 as \xNN.
[[nodiscard]] std::string markup_text(std::string_view text);

enum class Anchor { start, middle, end };

using Path = std::vector<std::pair<double, double>>;

class Svg {
 public:
  void line(double x1, double y1, double x2, double y2, std::string_view css);
  /// With a text that is shown when it is pointed at; empty: none.
  void rect(double x, double y, double width, double height, std::string_view css,
            std::string_view hover = "");
  void text(double x, double y, Anchor anchor, std::string_view css, std::string_view text);
  void path(const Path& points, std::string_view css, bool closed = false);
  /// A data point: the shape and colour of `look` (see look_count).
  void mark(double x, double y, int look, bool hollow, std::string_view hover = "");
  /// An arrow head at an edge: what lies beyond it goes on.
  void beyond(double x, double y, bool to_the_right, int look);

  /// The whole element. `label` says in words what the picture shows.
  [[nodiscard]] std::string finish(double width, double height, std::string_view label,
                                   std::string_view css) &&;

 private:
  std::string text_;
};

/// Looks that can be told apart, each a colour, a shape and a pattern of line; a greater look
/// begins again at the second. 0 is grey: `off`.
inline constexpr int kLooks = 7;
[[nodiscard]] int look_number(int look);
/// "f3": the class of what is filled in a look's colour; "l3" of a line in it; "b3" of a faint
/// area.
[[nodiscard]] std::string look_css(char kind, int look);

/// One line of a legend.
struct LegendItem {
  std::string text;
  int look = 0;
  enum class Sign { mark, line, area, bar } sign = Sign::mark;
};
/// Draws a legend from (x, y) within `width`; gives the height that it took.
double draw_legend(Svg& svg, const std::vector<LegendItem>& items, double x, double y,
                   double width);

}  // namespace tracetax

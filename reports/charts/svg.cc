// SPDX-License-Identifier: Apache-2.0
#include "reports/charts/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/core/text/wrap.h"
#include "reports/charts/scale.h"

namespace tracetax {
namespace {

constexpr double kMarkRadius = 3.6;

std::string pixel(double value) {
  if (!std::isfinite(value)) value = 0;
  value = std::round(std::clamp(value, -1e5, 1e5) * 10) / 10;
  if (value == 0) return "0";
  std::string text = fmt::format("{:.1f}", value);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

/// The end of an element, with what is shown when it is pointed at.
std::string closing(std::string_view element, std::string_view hover) {
  if (hover.empty()) return "/>";
  return fmt::format("><title>{}</title></{}>", markup_text(hover), element);
}

/// The outline of a look's shape about (x, y).
Path shape_of(int look, double x, double y, double r) {
  switch (look) {
    case 1:
      return {{x - r, y - r}, {x + r, y - r}, {x + r, y + r}, {x - r, y + r}};
    case 2:
      return {{x, y - 1.3 * r}, {x + 1.2 * r, y + r}, {x - 1.2 * r, y + r}};
    case 3:
      return {{x, y - 1.4 * r}, {x + 1.4 * r, y}, {x, y + 1.4 * r}, {x - 1.4 * r, y}};
    case 4:
      return {{x, y + 1.3 * r}, {x + 1.2 * r, y - r}, {x - 1.2 * r, y - r}};
    case 5:
      return {{x - r, y - 1.4 * r}, {x + r, y - 1.4 * r}, {x + 0.3 * r, y},
              {x + r, y + 1.4 * r}, {x - r, y + 1.4 * r}, {x - 0.3 * r, y}};
    default:
      return {{x - 1.3 * r, y - 0.6 * r},
              {x, y - 1.4 * r},
              {x + 1.3 * r, y - 0.6 * r},
              {x + r, y + r},
              {x - r, y + r}};
  }
}

std::string path_data(const Path& points, bool closed) {
  std::string data;
  for (const auto& [x, y] : points) {
    data += fmt::format("{}{} {}", data.empty() ? "M" : "L", pixel(x), pixel(y));
  }
  return closed ? data + "Z" : data;
}

}  // namespace

std::string markup_text(std::string_view text) {
  std::string out;
  for (const char c : one_line(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

void Svg::line(double x1, double y1, double x2, double y2, std::string_view css) {
  text_ += fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" class=\"{}\"/>\n", pixel(x1),
                       pixel(y1), pixel(x2), pixel(y2), css);
}

void Svg::rect(double x, double y, double width, double height, std::string_view css,
               std::string_view hover) {
  text_ += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" class=\"{}\"{}\n",
                       pixel(x), pixel(y), pixel(std::max(width, 0.0)),
                       pixel(std::max(height, 0.0)), css, closing("rect", hover));
}

void Svg::text(double x, double y, Anchor anchor, std::string_view css, std::string_view text) {
  constexpr std::string_view kAnchors[] = {"", " m", " e"};
  text_ += fmt::format("<text x=\"{}\" y=\"{}\" class=\"{}{}\">{}</text>\n", pixel(x), pixel(y),
                       css, kAnchors[static_cast<int>(anchor)], markup_text(text));
}

void Svg::path(const Path& points, std::string_view css, bool closed) {
  if (points.size() < 2) return;
  text_ += fmt::format("<path d=\"{}\" class=\"{}\"/>\n", path_data(points, closed), css);
}

void Svg::mark(double x, double y, int look, bool hollow, std::string_view hover) {
  const int number = look_number(look);
  const std::string css = look_css(hollow ? 'h' : 'f', look);
  if (number == 0) {
    text_ += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" class=\"{}\"{}\n", pixel(x),
                         pixel(y), pixel(kMarkRadius), css, closing("circle", hover));
    return;
  }
  text_ += fmt::format("<path d=\"{}\" class=\"{}\"{}\n",
                       path_data(shape_of(number, x, y, kMarkRadius), true), css,
                       closing("path", hover));
}

void Svg::beyond(double x, double y, bool to_the_right, int look) {
  const double tip = to_the_right ? 6 : -6;
  path({{x, y - 4}, {x + tip, y}, {x, y + 4}}, look_css('f', look), true);
}

std::string Svg::finish(double width, double height, std::string_view label,
                        std::string_view css) && {
  return fmt::format(
      "<svg class=\"{}\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\" "
      "xmlns=\"http://www.w3.org/2000/svg\">\n{}</svg>\n",
      css, pixel(width), pixel(height), markup_text(label), text_);
}

int look_number(int look) {
  if (look < kLooks) return std::max(look, 0);
  return 1 + (look - 1) % (kLooks - 1);
}

std::string look_css(char kind, int look) { return fmt::format("{}{}", kind, look_number(look)); }

double draw_legend(Svg& svg, const std::vector<LegendItem>& items, double x, double y,
                   double width) {
  constexpr double kSign = 22, kLine = 18, kGap = 14;
  if (items.empty()) return 0;
  double at = x, line = y + 12;
  for (const LegendItem& item : items) {
    const std::string text = text_within(item.text, width - kSign);
    const double needed = kSign + text_width(text);
    if (at > x && at + needed > x + width) {
      at = x;
      line += kLine;
    }
    if (item.sign == LegendItem::Sign::area || item.sign == LegendItem::Sign::bar) {
      const char kind = item.sign == LegendItem::Sign::bar ? 'b' : 'a';
      svg.rect(at, line - 10, 16, 11, look_css(kind, item.look));
    } else {
      if (item.sign == LegendItem::Sign::line)
        svg.line(at, line - 4, at + 16, line - 4, look_css('l', item.look));
      if (item.sign == LegendItem::Sign::mark) svg.mark(at + 8, line - 4, item.look, false);
    }
    svg.text(at + kSign - 2, line, Anchor::start, "t", text);
    at += needed + kGap;
  }
  return line - y + 8;
}

}  // namespace tracetax

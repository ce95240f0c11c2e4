// A picture with its words, in both widths.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "reports/charts/row_plot.h"
#include "reports/charts/xy_plot.h"

namespace tracetax {

struct PictureWords {
  std::string id;       // "forest": to be linked and to be asked for by
  std::string title;    // a heading
  std::string caption;  // how to read it, in whole sentences
};

struct Picture {
  PictureWords words;
  std::string wide, narrow;  // SVG elements
};

[[nodiscard]] Picture make_picture(PictureWords words, const RowPlot& plot);
[[nodiscard]] Picture make_picture(PictureWords words, std::span<const XyPlot> panels);
[[nodiscard]] Picture make_picture(PictureWords words, const XyPlot& plot);

}  // namespace tracetax

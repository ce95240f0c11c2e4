// SPDX-License-Identifier: Apache-2.0
#include "reports/charts/picture.h"

#include "reports/charts/chart_style.h"

namespace tracetax {

Picture make_picture(PictureWords words, const RowPlot& plot) {
  std::string label = words.title + ". " + words.caption;
  return {std::move(words), draw_rows(plot, kWidePicture, label),
          draw_rows(plot, kNarrowPicture, label)};
}

Picture make_picture(PictureWords words, std::span<const XyPlot> panels) {
  std::string label = words.title + ". " + words.caption;
  return {std::move(words), draw_xy(panels, kWidePicture, label),
          draw_xy(panels, kNarrowPicture, label)};
}

Picture make_picture(PictureWords words, const XyPlot& plot) {
  return make_picture(std::move(words), std::span(&plot, 1));
}

}  // namespace tracetax

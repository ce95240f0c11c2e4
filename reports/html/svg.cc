// One picture of the page as a file of its own.
// SPDX-License-Identifier: Apache-2.0
#include "reports/charts/svg.h"

#include <fmt/format.h>

#include "reports/charts/chart_style.h"
#include "reports/pictures/pictures.h"
#include "reports/words/report.h"

namespace tracetax {
namespace {

std::vector<Picture> all_pictures(const RunResult& result, const Analysis& analysis) {
  std::vector<Picture> all = pictures_of_run(result, analysis);
  for (int cell = 0; cell < static_cast<int>(result.plan.cells.size()); ++cell) {
    for (Picture& picture : pictures_of_cell(cell_view(result, analysis, cell)))
      all.push_back(std::move(picture));
  }
  if (auto strips = strips_picture(result)) all.push_back(std::move(*strips));
  return all;
}

/// The first whose id is this or begins with it and a dash ("forest" of "forest-3"); in its place a
/// picture of the names that there are.
std::string write_svg(const RunResult& result, const Analysis& analysis,
                      const ReportOptions& options) {
  const auto chosen = options.choices.find("figure");
  const std::string wanted = chosen == options.choices.end() ? "forest" : chosen->second;
  std::string there;
  for (const Picture& picture : all_pictures(result, analysis)) {
    const std::string& id = picture.words.id;
    if (id == wanted || id.starts_with(wanted + "-")) return standalone_svg(picture.wide);
    there += (there.empty() ? "" : ", ") + id;
  }
  const std::string text = there.empty()
                               ? "this run has no picture"
                               : fmt::format("no picture '{}'; there are: {}", wanted, there);
  Svg svg;
  svg.text(10, 24, Anchor::start, "t", text);
  return standalone_svg(std::move(svg).finish(kWidePicture, 40, text, chart_css(kWidePicture)));
}

Status any_name(std::string_view) { return {}; }

}  // namespace

ReportFormat svg_format() {
  return {"svg",
          "one picture of the HTML page, by --figure",
          {.write = write_svg,
           .options = {{.name = "figure",
                        .shown = "PICTURE",
                        .help = "of --format svg: the picture's id in the page (forest, change, "
                                "cost, response, blocks, ...)",
                        .help_in_run = "",
                        .fallback = "forest",
                        .check = any_name}}}};
}

}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "reports/pictures/pictures.h"

#include <fmt/format.h>

namespace tracetax {
namespace {

void add(std::optional<Picture> picture, std::vector<Picture>& all) {
  if (picture) all.push_back(std::move(*picture));
}

}  // namespace

std::vector<Picture> pictures_of_cell(const CellView& view) {
  std::vector<Picture> all;
  for (const auto draw :
       {forest_picture, change_picture, cost_picture, samplers_picture, steps_picture,
        response_picture, blocks_picture, spans_picture, delay_picture, batch_picture}) {
    add(draw(view), all);
  }
  if (view.result.plan.cells.size() < 2) return all;
  for (Picture& picture : all) picture.words.id += fmt::format("-{}", view.cell + 1);
  return all;
}

std::vector<Picture> pictures_of_run(const RunResult& result, const Analysis& analysis) {
  std::vector<Picture> all;
  add(cells_picture(result, analysis), all);
  add(stacked_picture(result, analysis), all);
  add(load_picture(result, analysis), all);
  return all;
}

}  // namespace tracetax

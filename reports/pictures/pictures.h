// The pictures of a run. Each is nothing where the record has nothing for it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "reports/charts/picture.h"
#include "reports/pictures/cell_view.h"

namespace tracetax {

// Of one cell.
[[nodiscard]] std::optional<Picture> forest_picture(const CellView& view);
[[nodiscard]] std::optional<Picture> change_picture(const CellView& view);
[[nodiscard]] std::optional<Picture> cost_picture(const CellView& view);
[[nodiscard]] std::optional<Picture> samplers_picture(const CellView& view);
[[nodiscard]] std::optional<Picture> steps_picture(const CellView& view);
[[nodiscard]] std::optional<Picture> response_picture(const CellView& view);
[[nodiscard]] std::optional<Picture> blocks_picture(const CellView& view);
[[nodiscard]] std::optional<Picture> spans_picture(const CellView& view);
[[nodiscard]] std::optional<Picture> delay_picture(const CellView& view);
[[nodiscard]] std::optional<Picture> batch_picture(const CellView& view);
/// All of them, in the order of a page; of a run of several cells their ids end in "-1", "-2", ...
[[nodiscard]] std::vector<Picture> pictures_of_cell(const CellView& view);

// Of a run.
[[nodiscard]] std::optional<Picture> cells_picture(const RunResult& result,
                                                   const Analysis& analysis);
[[nodiscard]] std::optional<Picture> stacked_picture(const RunResult& result,
                                                     const Analysis& analysis);
[[nodiscard]] std::optional<Picture> load_picture(const RunResult& result,
                                                  const Analysis& analysis);
[[nodiscard]] std::optional<Picture> strips_picture(const RunResult& result);
/// Those that compare cells: nothing for a run of one. strips_picture() is not among them.
[[nodiscard]] std::vector<Picture> pictures_of_run(const RunResult& result,
                                                   const Analysis& analysis);

}  // namespace tracetax

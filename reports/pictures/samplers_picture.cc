// How many of the errors each sampler keeps, over the bytes that it stores: a point for what it
// does, and a line for what it comes to when it is brought to other budgets
// (reports/samplers/equal_bytes.h is a straight line on either side of the point).
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "reports/pictures/pictures.h"
#include "reports/samplers/sampler_rows.h"
#include "reports/samplers/sampler_words.h"

namespace tracetax {
namespace {

/// In per cent of the bytes that everything takes, and of the errors; nothing where either is not
/// known.
std::optional<PlotPoint> errors_over_bytes(const SamplerCell& cell, const SamplerRow& row,
                                           const std::string& arm) {
  const SamplerRow* full = full_row(cell);
  const ClassKept* errors = row.kept(RequestClass::error);
  if (full == nullptr || full->bytes.value.value_or(0) <= 0) return std::nullopt;
  if (errors == nullptr || errors->sent == 0 || !row.bytes.value) return std::nullopt;
  const Share recall = errors->recall();
  const double bytes = 100 * *row.bytes.value / *full->bytes.value;
  return PlotPoint{bytes,
                   100 * recall.value,
                   100 * recall.low,
                   100 * recall.high,
                   false,
                   fmt::format("{}: {} of the errors in {} % of the bytes", arm, share_text(recall),
                               format_number(bytes))};
}

}  // namespace

std::optional<Picture> samplers_picture(const CellView& view) {
  if (!measures_samplers(view.result)) return std::nullopt;
  const std::vector<SamplerCell> cells = sampler_cells(view.result);
  const SamplerCell& cell = cells.at(static_cast<std::size_t>(view.cell));
  XyPlot plot;
  plot.x = {.title = "bytes stored, % of what all traces take", .low = 0, .high = 100};
  plot.y = {.title = "traces of errors kept, %", .low = 0, .high = 100};
  plot.series.push_back({.label = "a fixed ratio, at any rate",
                         .look = 0,
                         .marks = false,
                         .points = {{0, 0}, {100, 100}}});
  for (const SamplerRow& row : cell.rows) {
    if (row.place == SamplerPlace::none) continue;
    const std::string& arm = view.result.suite.arms[static_cast<std::size_t>(row.arm)].name;
    const auto point = errors_over_bytes(cell, row, arm);
    if (!point || point->x > 100) continue;
    const int look = look_of(view.result.suite, arm);
    plot.series.push_back(
        {.look = look, .marks = false, .points = {{0, 0}, {point->x, point->y}, {100, 100}}});
    plot.series.push_back({.label = arm, .look = look, .line = false, .points = {*point}});
  }
  if (plot.series.size() < 2) return std::nullopt;
  return make_picture(
      {"samplers", "Errors kept, over the bytes stored",
       "Each mark is a sampler: what it stores, and how many of the traces of errors it keeps, "
       "with "
       "the 95 % interval. Its line goes on to other budgets: to the left it is thinned at random, "
       "to the right it is filled up at random with what it dropped. So samplers are compared "
       "straight up and down, at equal bytes. One that lies on the grey line does no better than a "
       "fixed ratio."},
      plot);
}

}  // namespace tracetax

// Histograms as text: a row of percentiles each, one against another, or a picture.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "harness/core/histogram/merged_log.h"
#include "reports/tables/table.h"

namespace tracetax {

/// What a recorded value means: so many nanoseconds, or a plain number.
struct ValueScale {
  bool is_time = true;
  double factor = 1;  // nanoseconds each; of plain numbers what they are multiplied with

  [[nodiscard]] std::string shown(double recorded) const;
};

struct HistView {
  ValueScale scale;
  std::vector<double> percentiles;  // 0 to 100, ascending
  std::size_t width = 80;           // columns
};

/// "(no tag)" for an empty one.
[[nodiscard]] std::string tag_in_text(std::string_view tag);

/// A row each: count, percentiles, greatest, mean. A percentile with fewer than ten values beyond
/// it is "-".
[[nodiscard]] Table hist_rows(std::span<const TagTotal> totals, const HistView& view);
[[nodiscard]] std::string hist_table(std::span<const TagTotal> totals, const HistView& view);
/// A row per interval, in the order of the log.
[[nodiscard]] std::string interval_table(const HdrLog& log, const LogSelection& selection,
                                         const HistView& view);

struct HistSide {
  std::string name;
  const Histogram& histogram;
};
/// Percentile by percentile, with the ratio after / before where both have the values for it.
[[nodiscard]] std::string hist_difference(const HistSide& before, const HistSide& after,
                                          const HistView& view);

/// Values over percentiles, each nine as wide as the one before it, as HdrHistogram's plotter has
/// it; a letter for each histogram, and what it stands for below.
[[nodiscard]] std::string hist_plot(std::span<const TagTotal> totals, const HistView& view);
/// Table and picture as a page of HTML, in one file.
[[nodiscard]] std::string hist_page(std::string_view title, std::span<const TagTotal> totals,
                                    const HistView& view);

}  // namespace tracetax

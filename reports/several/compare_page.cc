// SPDX-License-Identifier: Apache-2.0
#include "reports/several/compare_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/html/html_page.h"
#include "reports/several/compare_pictures.h"

namespace tracetax {
namespace {

constexpr std::size_t kMostCellsWithAll = 6;

void write_compared_cell(const ComparedCell& cell, const Table& table, bool all, HtmlPage& page) {
  page.heading(2, cell.name);
  page.picture(changes_picture(cell));
  page.begin_fold("In numbers");
  page.table(table);
  page.end_fold();
  if (!all) return;
  if (const auto ratios = ratios_picture(cell)) page.picture(*ratios);
  if (const auto curves = curves_picture(cell)) page.picture(*curves);
}

}  // namespace

std::string write_comparison_html(const RunComparison& comparison, const ComparisonView& view) {
  const ComparisonParts parts = comparison_parts(comparison, view);
  HtmlPage page("What tracing costs, before and after");
  page.heading(1, "What tracing costs, before and after");
  page.paragraph(parts.verdict, fmt::format("verdict {}", name_of(comparison.verdict)));
  std::vector<std::string> forbidding;
  for (const RunDifference& difference : comparison.differences) {
    if (difference.forbids)
      forbidding.push_back(fmt::format("{}: {} before, {} after", difference.what,
                                       difference.before, difference.after));
  }
  if (!forbidding.empty())
    page.paragraph("Not the same in both runs, and maybe the cause of a change:", "lead");
  page.list(forbidding);
  page.list({parts.before, parts.after});
  for (std::size_t i = 0; i < parts.cells.size(); ++i) {
    const auto& [name, table] = parts.cells[i];
    const ComparedCell cell{.comparison = comparison,
                            .before = *view.before.result,
                            .after = *view.after.result,
                            .name = name,
                            .id = parts.cells.size() == 1 ? "" : fmt::format("-{}", i + 1)};
    const bool moved = std::ranges::any_of(comparison.changes, [&](const OverheadChange& change) {
      return change.cell == name &&
             (change.change == Change::regressed || change.change == Change::improved);
    });
    write_compared_cell(cell, table, moved || parts.cells.size() <= kMostCellsWithAll, page);
  }
  page.heading(2, "What to know");
  page.list(parts.remarks);
  if (!parts.differences.rows.empty()) {
    page.begin_fold("What differs between the runs");
    page.table(parts.differences);
    page.end_fold();
  }
  return std::move(page).finish();
}

}  // namespace tracetax

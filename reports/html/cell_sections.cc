// SPDX-License-Identifier: Apache-2.0
#include "reports/html/cell_sections.h"

#include <fmt/format.h>

#include <utility>

#include "harness/analysis/pairs/pairing.h"
#include "reports/html/run_details.h"
#include "reports/pictures/pictures.h"
#include "reports/words/held_words.h"
#include "reports/words/sentences.h"

namespace tracetax {
namespace {

constexpr int kFewCells = 3;  // are not folded

enum class CellDetail { whole, narrow, least };

struct CellParts {
  std::vector<Picture> pictures;
  HtmlPage tables{""};
};

bool is_least(const Picture& picture) {
  return picture.words.id.starts_with("cost") || picture.words.id.starts_with("response");
}

HtmlPage section_of(const RunResult& result, int cell, const CellParts& parts, CellDetail detail) {
  HtmlPage section("");
  section.begin_fold(fmt::format("{} ({})", cell_name(result, cell), what_it_is(result, cell)),
                     result.plan.cells.size() <= kFewCells);
  section.paragraph("Load: " + load_description(result, cell) + ".", "note");
  for (const Picture& picture : parts.pictures) {
    if (detail == CellDetail::least && !is_least(picture)) continue;
    section.picture(picture, detail == CellDetail::whole);
  }
  section.append(parts.tables);
  section.end_fold();
  return section;
}

std::vector<HtmlPage> sections_of(const RunResult& result, const std::vector<CellParts>& parts,
                                  CellDetail detail, std::size_t& bytes) {
  std::vector<HtmlPage> sections;
  bytes = 0;
  for (std::size_t cell = 0; cell < parts.size(); ++cell) {
    sections.push_back(section_of(result, static_cast<int>(cell), parts[cell], detail));
    bytes += sections.back().size();
  }
  return sections;
}

}  // namespace

void write_cells(const RunResult& result, const Analysis& analysis, std::size_t room,
                 HtmlPage& page) {
  const int cells = static_cast<int>(result.plan.cells.size());
  std::vector<CellParts> parts;
  for (int cell = 0; cell < cells; ++cell) {
    const CellView view = cell_view(result, analysis, cell);
    parts.push_back({.pictures = pictures_of_cell(view)});
    write_cell_tables(view, parts.back().tables);
  }
  if (cells == 1) {
    for (const Picture& picture : parts.front().pictures) page.picture(picture);
    page.append(parts.front().tables);
    return;
  }
  if (cells == 0) return;
  constexpr std::size_t kForWords = 1'000;
  const std::size_t left = room - std::min(room, page.size() + kForWords);
  page.heading(2, "One by one");
  std::vector<HtmlPage> sections;
  for (const CellDetail detail : {CellDetail::whole, CellDetail::narrow, CellDetail::least}) {
    std::size_t bytes = 0;
    sections = sections_of(result, parts, detail, bytes);
    if (bytes > left && detail != CellDetail::least) continue;
    if (detail == CellDetail::least) {
      page.paragraph(
          "So many targets have more pictures than one page holds. Any of them alone: `tracetax "
          "report result.json --format svg --figure change-2` (forest, change, blocks, spans, "
          "delay, batches; the number counts the targets below).",
          "note");
    }
    break;
  }
  std::size_t taken = 0;
  for (std::size_t cell = 0; cell < sections.size(); ++cell) {
    taken += sections[cell].size();
    if (taken > left) {
      page.paragraph(
          fmt::format("The other {} are left out: this page would be larger than 1 MB. `tracetax "
                      "report result.json --format md` has their tables.",
                      sections.size() - cell),
          "note");
      return;
    }
    page.append(sections[cell]);
  }
}

}  // namespace tracetax

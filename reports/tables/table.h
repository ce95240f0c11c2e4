// A table of texts, laid out for a terminal or for Markdown. It knows nothing of what it shows.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/text/wrap.h"

namespace tracetax {

struct Column {
  std::string title;
  bool right = false;  // aligned to the right: numbers
  int keep = 0;  // a table that is too wide loses its columns of least `keep` first; 0: never lost
};

struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;  // a row may be shorter than columns
};

/// Aligned, with two spaces between columns and a rule under the titles, at most `width` columns
/// wide. If it is too wide, it loses the columns that may be lost. If that is not enough, the
/// widest left-aligned cells are cut, with "~" at the end.
[[nodiscard]] std::string text_table(Table table, std::size_t width);

/// A Markdown table; cells are escaped here.
[[nodiscard]] std::string markdown_table(const Table& table);

/// Text safe inside Markdown prose and table cells: marks escaped, line breaks and control
/// characters turned into spaces, invalid UTF-8 shown as \xNN.
[[nodiscard]] std::string markdown_text(std::string_view text);
/// A code span that shows exactly `text` (line breaks as spaces), also in a table cell.
[[nodiscard]] std::string markdown_code(std::string_view text);
/// A fenced block, its fence longer than any run of backticks inside.
[[nodiscard]] std::string markdown_code_block(std::string_view text, std::string_view language);

}  // namespace tracetax

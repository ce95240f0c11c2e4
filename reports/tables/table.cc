// SPDX-License-Identifier: Apache-2.0
#include "reports/tables/table.h"

#include <algorithm>
#include <cctype>
#include <limits>

#include "harness/core/text/quote.h"

namespace tracetax {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kNarrowestColumn = 6;  // a cut cell keeps as much

const std::string& cell(const Table& table, std::size_t row, std::size_t column) {
  static const std::string kEmpty;
  return column < table.rows[row].size() ? table.rows[row][column] : kEmpty;
}

std::vector<std::size_t> column_widths(const Table& table) {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    std::size_t width = display_width(table.columns[c].title);
    for (std::size_t r = 0; r < table.rows.size(); ++r) {
      width = std::max(width, display_width(cell(table, r, c)));
    }
    widths.push_back(width);
  }
  return widths;
}

std::size_t total_width(const std::vector<std::size_t>& widths) {
  std::size_t total = 0;
  for (const std::size_t width : widths) total += width + kGap;
  return total < kGap ? 0 : total - kGap;
}

bool lose_a_column(Table& table) {
  std::size_t victim = table.columns.size();
  int least = std::numeric_limits<int>::max();
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const int keep = table.columns[c].keep;
    if (keep > 0 && keep < least) {
      least = keep;
      victim = c;
    }
  }
  if (victim == table.columns.size()) return false;
  const auto offset = static_cast<std::ptrdiff_t>(victim);
  table.columns.erase(table.columns.begin() + offset);
  for (auto& row : table.rows) {
    if (victim < row.size()) row.erase(row.begin() + offset);
  }
  return true;
}

void narrow(const Table& table, std::vector<std::size_t>& widths, std::size_t width) {
  while (total_width(widths) > width) {
    std::size_t widest = widths.size();
    for (std::size_t c = 0; c < widths.size(); ++c) {
      if (table.columns[c].right || widths[c] <= kNarrowestColumn) continue;
      if (widest == widths.size() || widths[c] > widths[widest]) widest = c;
    }
    if (widest == widths.size()) return;  // numbers are never cut
    --widths[widest];
  }
}

std::string cut(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  std::size_t end = 0;
  for (std::size_t shown = 0; end < text.size(); ++end) {
    const bool starts_character = (static_cast<unsigned char>(text[end]) & 0xC0) != 0x80;
    if (starts_character && ++shown == width) break;
  }
  return std::string(text.substr(0, end)) + "~";
}

template <typename CellAt>
std::string text_row(const Table& table, const std::vector<std::size_t>& widths,
                     const CellAt& cell_at) {
  std::string line;
  for (std::size_t c = 0; c < widths.size(); ++c) {
    const std::string text = cut(cell_at(c), widths[c]);
    const std::string padding(widths[c] - std::min(widths[c], display_width(text)), ' ');
    if (c > 0) line.append(kGap, ' ');
    line += table.columns[c].right ? padding + text : text + padding;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::size_t longest_run(std::string_view text, char mark) {
  std::size_t longest = 0, run = 0;
  for (const char c : text) {
    run = c == mark ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

}  // namespace

std::string text_table(Table table, std::size_t width) {
  for (auto& row : table.rows) {
    for (std::string& text : row) text = one_line(text);
  }
  std::vector<std::size_t> widths = column_widths(table);
  while (total_width(widths) > width && lose_a_column(table)) widths = column_widths(table);
  narrow(table, widths, width);
  std::string out = text_row(table, widths, [&](std::size_t c) { return table.columns[c].title; });
  out += text_row(table, widths, [&](std::size_t c) { return std::string(widths[c], '-'); });
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    out += text_row(table, widths, [&](std::size_t c) { return cell(table, r, c); });
  }
  return out;
}

std::string markdown_table(const Table& table) {
  std::string out = "|", rule = "|";
  for (const Column& column : table.columns) {
    out += " " + markdown_text(column.title) + " |";
    rule += column.right ? "---:|" : "---|";
  }
  out += "\n" + rule + "\n";
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    out += "|";
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      out += " " + markdown_text(cell(table, r, c)) + " |";
    }
    out += "\n";
  }
  return out;
}

std::string markdown_text(std::string_view text) {
  const std::string flat = one_line(text);
  const auto is_word = [&](std::size_t i) {
    return i < flat.size() && std::isalnum(static_cast<unsigned char>(flat[i])) != 0;
  };
  std::string out;
  for (std::size_t i = 0; i < flat.size(); ++i) {
    const char c = flat[i];
    const bool always = std::string_view("\\`*<>|~&").find(c) != std::string_view::npos;
    // Underscores inside a word, brackets without "(" behind and "#" inside a line mark nothing;
    // left alone, the source stays readable.
    const bool emphasis = c == '_' && !(i > 0 && is_word(i - 1) && is_word(i + 1));
    const bool link = c == ']' && i + 1 < flat.size() && flat[i + 1] == '(';
    const bool heading = c == '#' && i == 0;
    if (always || emphasis || link || heading) out += '\\';
    out += c;
  }
  return out;
}

std::string markdown_code(std::string_view text) {
  std::string flat = one_line(text);
  const std::string fence(longest_run(flat, '`') + 1, '`');
  std::string escaped;
  for (const char c : flat) escaped += c == '|' ? "\\|" : std::string(1, c);
  const bool pad = escaped.empty() || escaped.front() == '`' || escaped.back() == '`';
  return fence + (pad ? " " : "") + escaped + (pad ? " " : "") + fence;
}

std::string markdown_code_block(std::string_view text, std::string_view language) {
  const std::string fence(std::max<std::size_t>(3, longest_run(text, '`') + 1), '`');
  return fence + std::string(language) + "\n" + std::string(text) + "\n" + fence + "\n";
}

}  // namespace tracetax

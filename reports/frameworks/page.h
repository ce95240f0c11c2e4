// A Markdown page in the making, in one of the languages of the framework tables.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reports/tables/table.h"
#include "reports/words/language.h"
#include "reports/words/report.h"

namespace tracetax {

class Page {
 public:
  explicit Page(Language language) : language_(language) {}

  void head(std::string_view marks, std::string_view english, std::string_view chinese,
            std::string_view what = "") {
    text_ += std::string(marks) + " " + std::string(pick(language_, english, chinese)) +
             markdown_text(what) + "\n\n";
  }
  void list(const std::vector<std::string>& items) {
    for (const std::string& item : items) text_ += "- " + markdown_text(item) + "\n";
    if (!items.empty()) text_ += "\n";
  }
  /// A narrow page does not tear intervals: the space in "[+17, +33]" does not break.
  void table(Table table) {
    for (auto& row : table.rows) {
      for (std::string& cell : row) {
        const auto comma = cell.find(", ", cell.find('['));
        if (cell.ends_with(']') && comma != cell.npos) cell.replace(comma, 2, ",\xC2\xA0");
      }
    }
    text_ += markdown_table(table) + "\n";
  }
  void raw(const std::string& text) { text_ += text; }
  [[nodiscard]] std::string text() && { return std::move(text_); }

 private:
  Language language_;
  std::string text_;
};

/// As the option --lang says.
[[nodiscard]] inline Language language_in(const FormatChoices& choices) {
  const auto chosen = choices.find("lang");
  if (chosen == choices.end()) return Language::english;
  return parse_language(chosen->second).value_or(Language::english);
}

}  // namespace tracetax

// An HTML page in the making: one file that asks for nothing from elsewhere and needs no script to
// be read. Every text is escaped here.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reports/charts/picture.h"
#include "reports/tables/table.h"

namespace tracetax {

class HtmlPage {
 public:
  explicit HtmlPage(std::string_view title);

  /// `level` 1 to 4.
  void heading(int level, std::string_view text);
  /// `css`: a class of the style sheet ("lead", "note", "verdict fail", ...); empty: none.
  void paragraph(std::string_view text, std::string_view css = "");
  void list(const std::vector<std::string>& items);
  /// As <figure> with heading and caption; in both widths, or in the narrow one only.
  void picture(const Picture& picture, bool both = true);
  /// With a small bar behind each row, where `bars` has its length: a share of 1.
  void table(const Table& table, const std::vector<double>& bars = {});
  /// Terms and what is said of them, side by side where there is room. Empty ones are left out.
  void facts(const std::vector<std::pair<std::string, std::string>>& facts);
  /// A block of text as it is.
  void code(std::string_view text);
  /// What stands between is shown on demand.
  void begin_fold(std::string_view summary, bool open = false);
  void end_fold();
  /// HTML as it is; the caller has escaped it.
  void raw(std::string_view html);

  /// What stands in another one, behind what is here.
  void append(const HtmlPage& other) { body_ += other.body_; }

  [[nodiscard]] std::size_t size() const { return body_.size(); }
  [[nodiscard]] std::string finish() &&;

 private:
  std::string title_, body_;
};

}  // namespace tracetax

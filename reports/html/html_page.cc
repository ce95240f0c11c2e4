// SPDX-License-Identifier: Apache-2.0
#include "reports/html/html_page.h"

#include <fmt/format.h>

#include "reports/charts/chart_style.h"
#include "reports/charts/svg.h"
#include "reports/html/html_style.h"

namespace tracetax {
namespace {

// Whatever a name or an error holds, no browser asks for anything.
constexpr std::string_view kPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

// What is folded is printed too. Nothing else needs a script.
constexpr std::string_view kScript =
    "addEventListener('beforeprint',()=>document.querySelectorAll('details').forEach(d=>d.open=true"
    "))";

}  // namespace

HtmlPage::HtmlPage(std::string_view title) : title_(title) {}

void HtmlPage::heading(int level, std::string_view text) {
  body_ += fmt::format("<h{0}>{1}</h{0}>\n", level, markup_text(text));
}

void HtmlPage::paragraph(std::string_view text, std::string_view css) {
  if (text.empty()) return;
  body_ += css.empty() ? "<p>" : fmt::format("<p class=\"{}\">", css);
  body_ += markup_text(text) + "</p>\n";
}

void HtmlPage::list(const std::vector<std::string>& items) {
  if (items.empty()) return;
  body_ += "<ul>\n";
  for (const std::string& item : items) body_ += "<li>" + markup_text(item) + "</li>\n";
  body_ += "</ul>\n";
}

void HtmlPage::picture(const Picture& picture, bool both) {
  body_ +=
      fmt::format("<figure id=\"{}\"{}>\n<h3>{}</h3>\n{}{}<figcaption>{}</figcaption>\n</figure>\n",
                  markup_text(picture.words.id), both ? "" : " class=\"small\"",
                  markup_text(picture.words.title), both ? picture.wide : "", picture.narrow,
                  markup_text(picture.words.caption));
}

void HtmlPage::table(const Table& table, const std::vector<double>& bars) {
  body_ += "<div class=\"table\"><table>\n<thead><tr>";
  const auto cell = [&](std::string_view tag, std::size_t column, std::string_view text) {
    const bool words = !text.empty() && text.front() >= 'a' && text.front() <= 'z';
    const std::string_view css = !table.columns[column].right ? ""
                                 : words                      ? " class=\"r w\""
                                                              : " class=\"r\"";
    body_ += fmt::format("<{0}{1}>{2}</{0}>", tag, css, markup_text(text));
  };
  for (std::size_t c = 0; c < table.columns.size(); ++c) cell("th", c, table.columns[c].title);
  body_ += bars.empty() ? "" : "<th></th>";
  body_ += "</tr></thead>\n<tbody>\n";
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    const std::vector<std::string>& row = table.rows[r];
    body_ += "<tr>";
    for (std::size_t c = 0; c < table.columns.size(); ++c)
      cell("td", c, c < row.size() ? row[c] : "");
    if (r < bars.size())
      body_ += fmt::format("<td class=\"bar\"><i style=\"width:{:.0f}px\"></i></td>", 60 * bars[r]);
    body_ += "</tr>\n";
  }
  body_ += "</tbody></table></div>\n";
}

void HtmlPage::facts(const std::vector<std::pair<std::string, std::string>>& facts) {
  body_ += "<dl>\n";
  for (const auto& [term, text] : facts) {
    if (text.empty()) continue;
    body_ +=
        fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", markup_text(term), markup_text(text));
  }
  body_ += "</dl>\n";
}

void HtmlPage::code(std::string_view text) {
  body_ += "<pre><code>";
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    body_ += (begin > 0 ? "\n" : "") + markup_text(text.substr(begin, end - begin));
    begin = end + 1;
  }
  body_ += "</code></pre>\n";
}

void HtmlPage::begin_fold(std::string_view summary, bool open) {
  body_ += open ? "<details open>" : "<details>";
  body_ += "<summary>" + markup_text(summary) + "</summary>\n";
}

void HtmlPage::end_fold() { body_ += "</details>\n"; }

void HtmlPage::raw(std::string_view html) { body_ += html; }

std::string HtmlPage::finish() && {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n"
      "<title>{}</title>\n<style>\n{}{}</style>\n</head>\n<body>\n<main>\n{}</main>\n"
      "<script>{}</script>\n</body>\n</html>\n",
      kPolicy, markup_text(title_), chart_style(), html_style(), body_, kScript);
}

}  // namespace tracetax

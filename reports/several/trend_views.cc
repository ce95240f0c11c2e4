// SPDX-License-Identifier: Apache-2.0
#include "reports/several/trend_views.h"

#include <algorithm>

namespace tracetax {
namespace {

constexpr std::size_t kNarrowestTrend = 60;

}  // namespace

std::string write_trend_text(const TrendView& view) {
  const std::size_t width = std::max(view.width, kNarrowestTrend);
  const TrendParts parts = trend_parts(view);
  std::string out;
  for (const SuiteTrend& suite : parts.suites) {
    out += wrapped(suite.title, width, "", "  ") + "\n" + text_table(suite.now, width) + "\n";
    for (const std::string& note : suite.notes) out += wrapped(note, width, "", "  ");
    for (const std::string& shift : suite.shifts) out += wrapped(shift, width, "- ", "  ");
    out += wrapped(suite.lead, width, "", "  ") + "\n";
  }
  for (const std::string& warning : parts.warnings)
    out += wrapped("warning: " + warning, width, "", "  ");
  return out + wrapped(parts.method, width, "", "  ");
}

std::string write_trend_markdown(const TrendView& view) {
  const TrendParts parts = trend_parts(view);
  std::string out;
  for (const SuiteTrend& suite : parts.suites) {
    out += "## " + markdown_text(suite.title) + "\n\n**" + markdown_text(suite.lead) + "**\n\n";
    for (const std::string& shift : suite.shifts) out += "- " + markdown_text(shift) + "\n";
    if (!suite.shifts.empty()) out += '\n';
    out += markdown_table(suite.now) + '\n';
    for (const std::string& note : suite.notes) out += "- " + markdown_text(note) + "\n";
    out += "\n<details><summary>The results</summary>\n\n" + markdown_table(suite.results) +
           "\n</details>\n\n";
  }
  for (const std::string& warning : parts.warnings)
    out += "- warning: " + markdown_text(warning) + "\n";
  return out + (parts.warnings.empty() ? "" : "\n") +
         markdown_text(parts.method + " " + parts.limits) + "\n";
}

}  // namespace tracetax

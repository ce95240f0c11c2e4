// The history of suites as a page.
// SPDX-License-Identifier: Apache-2.0
#include "reports/html/html_page.h"
#include "reports/several/trend_pictures.h"
#include "reports/several/trend_views.h"

namespace tracetax {

std::string write_trend_html(const TrendView& view) {
  const TrendParts parts = trend_parts(view);
  HtmlPage page("What tracing costs, over time");
  page.heading(1, "What tracing costs, over time");
  for (std::size_t i = 0; i < parts.suites.size(); ++i) {
    const SuiteTrend& suite = parts.suites[i];
    page.heading(2, suite.title);
    page.paragraph(suite.lead, "lead");
    page.list(suite.shifts);
    if (i == 0) page.list(parts.warnings);
    for (const Picture& picture : trend_pictures(view.histories[i], i)) page.picture(picture);
    page.heading(3, "Where it stands now");
    page.table(suite.now);
    page.list(suite.notes);
    page.begin_fold("The results");
    page.table(suite.results);
    page.end_fold();
  }
  page.heading(2, "How shifts are found");
  page.paragraph(parts.method + " " + parts.limits, "note");
  return std::move(page).finish();
}

}  // namespace tracetax

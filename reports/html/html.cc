// report.html: the answer, pictures that show what it rests on, tables, and the record itself.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "reports/frameworks/framework_rows.h"
#include "reports/html/cell_sections.h"
#include "reports/html/first_screen.h"
#include "reports/html/frameworks_part.h"
#include "reports/html/html_page.h"
#include "reports/html/run_details.h"
#include "reports/pictures/pictures.h"
#include "reports/record/embedded_record.h"
#include "reports/record/result_json.h"
#include "reports/words/report.h"
#include "reports/words/sentences.h"

namespace tracetax {
namespace {

constexpr std::size_t kMostBytes = 980'000;    // of a page: below 1 MB, which mails and CI take
constexpr std::size_t kForHead = 12'000;       // of these, and for how to measure again
constexpr std::size_t kSmallRecord = 500'000;  // has its place in it before the pictures

void write_end(const RunResult& result, bool carries, HtmlPage& page) {
  page.heading(2, "Again, and further");
  page.paragraph("To measure the same again:");
  page.code(command_to_repeat(result));
  if (!carries) {
    page.paragraph(
        "The record of this run is too large to be carried in this page: the result.json that was "
        "written beside it has every number.");
    return;
  }
  page.paragraph(
      "This page carries the record of the run, compressed. It can be given to every command that "
      "takes a result.json:");
  page.code(
      "tracetax report report.html --format json\n"
      "tracetax compare report.html newer/report.html\n"
      "tracetax gate --from report.html");
}

std::string write_html(const RunResult& result, const Analysis& analysis,
                       const ReportOptions& options) {
  HtmlPage page("What tracing costs: " + result.suite.name);
  write_first_screen(result, analysis, page);
  if (ranks_targets(result, analysis)) {
    write_frameworks_part(result, analysis, options.describe, page);
  } else {
    for (const Picture& picture : pictures_of_run(result, analysis)) page.picture(picture);
  }
  const std::string record = embedded_record(write_result_json(result, analysis));
  HtmlPage end("");
  if (const auto strips = strips_picture(result)) end.picture(*strips);
  if (!analysis.warnings.empty()) {
    end.heading(2, "Warnings");
    end.list(analysis.warnings);
  }
  write_run_details(result, analysis, end);
  // A large record gives way to pictures and tables: it lies beside the page as a file, too.
  const std::size_t taken =
      end.size() + kForHead + (record.size() <= kSmallRecord ? record.size() : std::size_t{0});
  write_cells(result, analysis, kMostBytes - std::min(taken, kMostBytes), page);
  page.append(end);
  const bool carries = page.size() + kForHead + record.size() <= kMostBytes;
  write_end(result, carries, page);
  if (carries) page.raw(record);
  return std::move(page).finish();
}

}  // namespace

ReportFormat html_format() {
  return {"html",
          "one HTML page: answer, pictures, tables, and the record, to be given back to tracetax",
          {.write = write_html, .files = {{.name = "report.html"}}}};
}

}  // namespace tracetax

// exporters.md, and the same for a terminal: table T7, its answers, how to read it.
// SPDX-License-Identifier: Apache-2.0
#include "reports/exporters/exporters.h"

#include "reports/exporters/exporter_tables.h"
#include "reports/frameworks/page.h"
#include "reports/frameworks/page_end.h"
#include "reports/tables/run_facts.h"
#include "reports/words/sentences.h"

namespace tracetax {
namespace {

bool is_of_exporters(const RunResult& result, const Analysis& /*analysis*/,
                     const FormatChoices& /*asked*/) {
  return measures_exporters(result);
}

std::string write_exporters(const RunResult& result, const Analysis& analysis,
                            const ReportOptions& /*options*/) {
  const std::vector<ExporterRow> rows = exporter_rows(result);
  const std::vector<ExporterChange> changes = exporter_changes(rows);
  Page page(Language::english);
  page.head("#", "Exporter settings: ", "", result.suite.name);
  if (rows.empty()) {
    page.raw(
        "This run has no closed loops of the kind otlp: `tracetax run exporters` makes one.\n");
    return std::move(page).text();
  }
  page.raw((result.status == RunStatus::complete ? "" : "> ") + markdown_text(run_state(result)) +
           "\n\n");
  page.list(exporter_sentences(changes));
  page.head("##", "T7: speed, response and loss", "");
  page.table(exporter_speed_table(rows, TableFor::page));
  page.head("##", "T7: CPU and bytes per span", "");
  page.table(exporter_cost_table(rows, TableFor::page));
  page.head("##", "What one setting changes", "");
  page.table(exporter_change_table(changes, rows));
  page.head("##", "How to read the tables", "");
  page.list(exporter_legend(result));
  end_page(result, analysis, page);
  return std::move(page).text();
}

}  // namespace

std::string exporters_text(const RunResult& result, std::size_t width) {
  const std::vector<ExporterRow> rows = exporter_rows(result);
  const std::vector<ExporterChange> changes = exporter_changes(rows);
  std::string out = "T7, speed, response and loss:\n\n" +
                    text_table(exporter_speed_table(rows, TableFor::terminal), width) +
                    "\nT7, CPU and bytes per span:\n\n" +
                    text_table(exporter_cost_table(rows, TableFor::terminal), width) + "\n";
  if (!changes.empty())
    out += "What one setting changes, as a ratio:\n\n" +
           text_table(exporter_change_table(changes, rows), width) + "\n";
  for (const ExporterRow& row : rows) {
    for (const std::string& detail : void_details(result, row.cell))
      out += wrapped(detail, width, "", "  ");
  }
  for (const std::string& sentence : exporter_sentences(changes))
    out += wrapped(sentence, width, "", "  ");
  for (const std::string& line : exporter_legend(result)) out += wrapped(line, width, "", "  ");
  return out + "\n";
}

ReportFormat exporters_format() {
  return {"exporters",
          "Markdown: table T7, exporter settings against a receiver of spans",
          {.write = write_exporters,
           .files = {{.name = "exporters.md", .is_wanted = is_of_exporters}}}};
}

}  // namespace tracetax

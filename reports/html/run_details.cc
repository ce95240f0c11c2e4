// SPDX-License-Identifier: Apache-2.0
#include "reports/html/run_details.h"

#include "reports/tables/quality_table.h"
#include "reports/tables/result_tables.h"
#include "reports/tables/run_facts.h"
#include "reports/tables/service_table.h"
#include "reports/tables/verdict_table.h"
#include "reports/words/capacity_words.h"
#include "reports/words/invariant_words.h"
#include "reports/words/kept_words.h"
#include "reports/words/ledger_words.h"
#include "reports/words/sentences.h"
#include "reports/words/tree_words.h"
#include "reports/words/verdict_words.h"

namespace tracetax {
namespace {

void write_table(std::string_view title, const std::optional<Table>& table, std::string_view note,
                 HtmlPage& page) {
  if (!table) return;
  page.heading(4, title);
  page.table(*table);
  page.paragraph(note, "note");
}

}  // namespace

void write_cell_tables(const CellView& view, HtmlPage& page) {
  const auto& [result, analysis, cell, totals] = view;
  page.begin_fold("Comparisons in numbers");
  page.table(comparison_table(result, analysis, cell, true));
  page.paragraph(
      "Overhead: the Hodges-Lehmann estimate of the ratio to the reference within a block, with "
      "its "
      "exact signed-rank interval over blocks. Off: the median over blocks; on: what the overhead "
      "makes of it.",
      "note");
  page.paragraph(word_rule(analysis), "note");
  page.list(remarks(analysis, cell));
  page.list(capacity_words(result, analysis, cell));
  for (const CostModel& model : analysis.cost_models) {
    if (model.cell == cell) page.paragraph(cost_model(result, model));
  }
  write_table("Sampled against unsampled requests of the same segments",
              sampled_table(analysis, cell), "", page);
  write_table("CPU per request by service", service_table(result, cell),
              "Medians over valid segments. Subjects are what is measured.", page);
  page.end_fold();
  page.begin_fold("Spans, response times, segments");
  write_table("Spans expected and received", receipt_table(result, totals),
              "All segments are in it, void ones too. Bytes are as received.", page);
  page.list(broken_propagation(result, totals));
  page.list(kept_words(result, cell));
  page.list(tree_words(result, cell));
  page.list(ledger_words(result, cell));
  page.list(invariant_words(result, cell));
  const QualityPart quality = quality_part(result, cell);
  write_table("Trace quality", quality.table,
              "Whole: of the traces that came, those with all spans and one root. Columns with "
              "nothing to tell are left out.",
              page);
  page.list(quality.sentences);
  write_table("Response times", response_table(result, totals),
              "Merged over valid segments, for looking at. A percentile stands only where at least "
              "ten requests lie beyond it.",
              page);
  write_table("Messages of streams", message_table(result, totals), "", page);
  write_table("Segments, and why some are void", validity_table(result, totals), "", page);
  page.list(void_details(result, cell));
  page.end_fold();
}

void write_run_details(const RunResult& result, const Analysis& analysis, HtmlPage& page) {
  if (analysis.judgement) {
    page.begin_fold("The verdict, test by test");
    page.table(tests_table(result, *analysis.judgement));
    page.list(what_was_judged(result, *analysis.judgement));
    if (analysis.judgement->verdict != Verdict::invalid)
      page.paragraph(detectable(result, *analysis.judgement));
    page.list(analysis.judgement->warnings);
    page.end_fold();
  }
  page.begin_fold("How it was measured");
  page.list(design_items(result));
  page.end_fold();
  page.begin_fold("Machine, program, suite");
  page.table(environment_table(result));
  page.end_fold();
}

}  // namespace tracetax

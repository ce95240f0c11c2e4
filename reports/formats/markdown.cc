// report.md: the answer first, then what it rests on, most wanted first.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "harness/analysis/pairs/pairing.h"
#include "harness/core/services.h"
#include "harness/core/text/units.h"
#include "reports/tables/load_curve.h"
#include "reports/tables/quality_table.h"
#include "reports/tables/result_tables.h"
#include "reports/tables/run_facts.h"
#include "reports/tables/service_table.h"
#include "reports/tables/table.h"
#include "reports/tables/verdict_table.h"
#include "reports/words/arm_totals.h"
#include "reports/words/capacity_words.h"
#include "reports/words/held_words.h"
#include "reports/words/invariant_words.h"
#include "reports/words/kept_words.h"
#include "reports/words/ledger_words.h"
#include "reports/words/report.h"
#include "reports/words/sentences.h"
#include "reports/words/target_kind.h"
#include "reports/words/tree_words.h"
#include "reports/words/verdict_words.h"

namespace tracetax {
namespace {

void add_list(std::string& out, const std::vector<std::string>& items) {
  for (const std::string& item : items) out += "- " + markdown_text(item) + "\n";
  if (!items.empty()) out += "\n";
}

void add_verdict(const RunResult& result, const Judgement& judgement, std::string& out) {
  out += fmt::format("## Verdict: {} {}\n\n", sign_of(judgement.verdict),
                     markdown_text(headline(result, judgement)));
  add_list(out, judgement.invalid);
  add_list(out, further_findings(result, judgement));
  const auto all = std::numeric_limits<std::size_t>::max();
  out += markdown_table(verdict_table(result, judgement, all, true).table) + "\n";
  add_list(out, what_was_judged(result, judgement));
  const std::string power = detectable(result, judgement);
  if (!power.empty() && judgement.verdict != Verdict::invalid) out += markdown_text(power) + "\n\n";
  add_list(out, judgement.warnings);
  out += "### All tests\n\n" + markdown_table(tests_table(result, judgement)) + "\n";
}

void add_answer(const RunResult& result, const Analysis& analysis, std::string& out) {
  for (const CostModel& cell : analysis.cost_models) {
    out += "**" + markdown_text(answer(result, analysis, cell.cell)) + "**\n";
    const std::string floor = noise_floor(result, analysis, cell.cell);
    if (!floor.empty()) out += markdown_text(floor) + "\n";
    out += "\n";
  }
  const std::string sham = sham_verdict(result, analysis);
  if (!sham.empty()) out += markdown_text(sham) + "\n\n";
  const std::string state = "This run is " + run_state(result) + ".";
  out += (result.status == RunStatus::complete ? "" : "> ") + markdown_text(state) + "\n\n";
}

void add_warnings(const Analysis& analysis, std::string& out) {
  if (analysis.warnings.empty()) return;
  out += "## Warnings\n\n";
  add_list(out, analysis.warnings);
}

/// Where spans pass through a collector.
std::string relay_note(const RunResult& result, int cell) {
  const Cell& where = result.plan.cells.at(static_cast<std::size_t>(cell));
  const ServiceSpec* relay =
      relay_of(result.suite, result.suite.targets.at(static_cast<std::size_t>(where.target)));
  if (relay == nullptr) return "";
  return "The spans came through " + markdown_text(relay->name) +
         ". Its batches and bytes are no cost of the service and are left out. ";
}

void add_cell(const RunResult& result, const Analysis& analysis, const CostModel& model,
              std::string& out) {
  const int cell = model.cell;
  const std::vector<ArmTotals> totals = arm_totals(result, cell);
  const auto title = [&](std::string_view text) {
    return fmt::format("### {}{}\n\n", text, emulated_mark(result, cell));
  };
  out += "## " +
         markdown_text(fmt::format("{} ({})", cell_name(result, cell), what_it_is(result, cell))) +
         "\n\n";
  out += markdown_text("Load: " + load_description(result, cell) + ".") + "\n\n";
  out += markdown_table(comparison_table(result, analysis, cell, true)) + "\n";
  out += "Overhead is the change against " +
         std::string(result.suite.reference.empty() ? "`off`" : "the reference") +
         ", paired within each block: the Hodges-Lehmann estimate over the blocks, with its exact "
         "signed-rank interval. Off is the median of the blocks. On is off with the overhead on "
         "top. For "
         "capacity, more is better.\n\n";
  if (const std::string words = word_rule(analysis); !words.empty()) out += words + "\n\n";
  add_list(out, remarks(analysis, cell));
  add_list(out, capacity_words(result, analysis, cell));
  out += markdown_text(cost_model(result, model)) + "\n\n";
  if (const auto services = service_table(result, cell)) {
    out += title("CPU per request by service") + markdown_table(*services) +
           "\nMedians of the valid segments. The subjects add up to the CPU per request above.\n\n";
  }
  if (const auto sampled = sampled_table(analysis, cell)) {
    out +=
        title("Sampled against unsampled requests") + markdown_table(*sampled) +
        "\nBoth kinds are of the same segments. The flag is drawn for each request, so both met "
        "the "
        "same process and the same load. The difference holds what tracing does while a request is "
        "answered. It does not hold what the exporter does beside, which slows both down.\n\n";
  }

  out += title("Spans expected and received") + markdown_table(receipt_table(result, totals)) +
         "\nAll segments are in it, void ones too. Bytes are as received, compressed if they came "
         "so. " +
         relay_note(result, cell) +
         "Export delay is the time from the end of a span to its arrival. Its p50 is the median of "
         "the "
         "segments' p50.\n\n";
  add_list(out, broken_propagation(result, totals));
  add_list(out, kept_words(result, cell));
  add_list(out, tree_words(result, cell));
  add_list(out, ledger_words(result, cell));
  const QualityPart quality = quality_part(result, cell);
  if (quality.table) {
    out +=
        title("Trace quality") + markdown_table(*quality.table) +
        "\nRecall: of what had to come. Whole: of the traces that came, those with all spans and "
        "one root. Orphans, late parents, clock and truncated: of the spans. Many roots: of the "
        "traces. Columns with nothing to tell are left out.\n\n";
  }
  add_list(out, quality.sentences);
  out +=
      title("Response times (display only)") + markdown_table(response_table(result, totals)) +
      "\nTimes run from when a request was due, over all valid segments together. The comparison "
      "above takes segments one by one. A percentile is shown only where at least ten requests lie "
      "beyond it.\n\n";
  if (const auto messages = message_table(result, totals)) {
    out += title("Messages of streams (display only)") + markdown_table(*messages) +
           "\nFirst: from the due time of the call. Gap: between two messages of one stream.\n\n";
  }
  out += title("Validity") + markdown_table(validity_table(result, totals)) + "\n";
  add_list(out, invariant_words(result, cell));
  add_list(out, void_details(result, cell));
}

void add_design(const RunResult& result, std::string& out) {
  out += "## Design\n\n";
  add_list(out, design_items(result));
}

void add_environment(const RunResult& result, std::string& out) {
  out += "## Environment\n\n" + markdown_table(environment_table(result)) + "\n";
}

std::string write_markdown(const RunResult& result, const Analysis& analysis,
                           const ReportOptions&) {
  std::string out = "# What tracing costs: " + markdown_text(result.suite.name) + "\n\n";
  if (analysis.judgement) add_verdict(result, *analysis.judgement, out);
  if (analysis.judgement && analysis.judgement->verdict == Verdict::invalid) {
    out += std::string(kInvalidCaution) + "\n\n";
  } else {
    add_answer(result, analysis, out);
  }
  add_warnings(analysis, out);
  if (const auto cells = side_by_side_table(result, analysis)) {
    out += "## Side by side: CPU per request\n\n" + markdown_table(*cells) + "\n";
    if (const std::string curve = load_curve(result, analysis); !curve.empty())
      out += markdown_code_block(curve, "text");
  }
  for (const CostModel& cell : analysis.cost_models) add_cell(result, analysis, cell, out);
  add_design(result, out);
  add_environment(result, out);
  out += "## How to reproduce\n\n" + markdown_code_block(command_to_repeat(result), "sh");
  return out;
}

}  // namespace

ReportFormat markdown_format() {
  return {"md",
          "Markdown: answer, comparison, receipt, validity, environment",
          {.write = write_markdown, .files = {{.name = "report.md"}}}};
}

}  // namespace tracetax

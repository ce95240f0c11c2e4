// The comparison, or the verdict, for a terminal: tables, then the answer in one sentence, the
// warnings, the files and the verdict.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <span>
#include <string_view>

#include "harness/analysis/pairs/pairing.h"
#include "reports/exporters/exporters.h"
#include "reports/frameworks/framework_tables.h"
#include "reports/samplers/samplers.h"
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
#include "reports/words/tree_words.h"
#include "reports/words/verdict_words.h"

namespace tracetax {
namespace {

constexpr std::size_t kNarrowestPage = 60;

struct Paint {
  std::string_view word, start;
};
/// Bold, yellow or dim around the words of the comparison.
constexpr Paint kOfComparison[] = {{"  higher", "\x1b[1m"},
                                   {"  lower", "\x1b[1m"},
                                   {"  void", "\x1b[33m"},
                                   {"  within noise", "\x1b[2m"}};
/// Bold red, green or yellow around those of a verdict.
constexpr Paint kOfVerdict[] = {{"  fail", "\x1b[1;31m"},
                                {"  pass", "\x1b[32m"},
                                {"  inconclusive", "\x1b[33m"},
                                {"  invalid", "\x1b[1;33m"},
                                {"  not judged", "\x1b[33m"}};

/// The words of `paints` coloured, where they stand last in a table row.
std::string colored(const std::string& table, std::span<const Paint> paints) {
  std::string out;
  for (std::size_t at = 0; at < table.size();) {
    const std::size_t end = std::min(table.find('\n', at), table.size() - 1) + 1;
    std::string line = table.substr(at, end - at);
    at = end;
    for (const Paint& paint : paints) {
      const std::size_t found = line.rfind(paint.word);
      if (found == std::string::npos) continue;
      line.insert(found + paint.word.size(), "\x1b[0m");
      line.insert(found + 2, paint.start);
      break;
    }
    out += line;
  }
  return out;
}

/// Not even medians.
bool has_no_number(const Analysis& analysis, int cell) {
  return std::all_of(analysis.comparisons.begin(), analysis.comparisons.end(),
                     [&](const Comparison& c) { return c.cell != cell || !c.off_value; });
}

/// Of a run whose verdict is invalid there is no number to quote.
bool is_invalid(const Analysis& analysis) {
  return analysis.judgement && analysis.judgement->verdict == Verdict::invalid;
}

std::string cell_text(const RunResult& result, const Analysis& analysis, const CostModel& model,
                      std::size_t width, bool color) {
  const int cell = model.cell;
  std::string out = wrapped(fmt::format("{} ({}): {}", cell_name(result, cell),
                                        what_it_is(result, cell), load_description(result, cell)),
                            width, "", "  ") +
                    "\n";
  // The verdict's table, or that of samplers, stands in place of the comparison; one of dashes
  // would only hide the reasons.
  const bool of_samplers = measures_samplers(result);
  if (!analysis.judgement && !of_samplers && !has_no_number(analysis, cell)) {
    const std::string table = text_table(comparison_table(result, analysis, cell, false), width);
    out += (color ? colored(table, kOfComparison) : table) + "\n";
  }
  if (const auto services = service_table(result, cell);
      services && !is_invalid(analysis) && !of_samplers)
    out += "CPU per request by service:\n" + text_table(*services, width) + "\n";
  if (!result.segments.empty()) {
    const std::vector<ArmTotals> totals = arm_totals(result, cell);
    out += text_table(receipt_table(result, totals), width) + "\n";
    if (const auto messages = message_table(result, totals))
      out += text_table(*messages, width) + "\n";
    for (const std::string& fault : broken_propagation(result, totals))
      out += wrapped(fault, width, "", "  ");
    for (const std::string& line : kept_words(result, cell)) {
      if (!of_samplers) out += wrapped(line, width, "", "  ");
    }
    for (const std::string& line : tree_words(result, cell)) out += wrapped(line, width, "", "  ");
    for (const std::string& line : ledger_words(result, cell))
      out += wrapped(line, width, "", "  ");
    for (const std::string& line : invariant_words(result, cell))
      out += wrapped(line, width, "", "  ");
    const QualityPart quality = quality_part(result, cell);
    if (quality.table) out += "Trace quality:\n" + text_table(*quality.table, width) + "\n";
    for (const std::string& line : quality.sentences) out += wrapped(line, width, "", "  ");
  }
  for (const std::string& remark : remarks(analysis, cell)) out += wrapped(remark, width, "", "  ");
  for (const std::string& sentence : capacity_words(result, analysis, cell))
    out += wrapped(sentence, width, "", "  ");
  for (const std::string& detail : void_details(result, cell))
    out += wrapped(detail, width, "", "  ");
  if (!is_invalid(analysis)) {
    out += wrapped(cost_model(result, model), width, "", "  ");
    const std::string sampled = sampled_answer(result, analysis, cell);
    if (!sampled.empty()) out += wrapped(sampled, width, "", "  ");
  }
  return out + "\n";
}

/// The verdict's table, what stands behind it, and how small a cost it could have found.
std::string verdict_text(const RunResult& result, const Judgement& judgement, std::size_t width,
                         bool color) {
  const auto all = std::numeric_limits<std::size_t>::max();
  const std::string table = text_table(verdict_table(result, judgement, all, false).table, width);
  std::string out = color ? colored(table, kOfVerdict) : table;
  const bool advisory =
      std::ranges::any_of(judgement.tests, std::logical_not{}, &GatedTest::required);
  if (advisory) out += "* advisory: never decides\n";
  out += "\n";
  for (const std::string& text : what_was_judged(result, judgement))
    out += wrapped(text, width, "", "  ");
  if (judgement.verdict == Verdict::invalid) return out;
  for (const GatedTest& test : judgement.tests) {
    const std::string needed = blocks_needed(test);
    if (needed.empty()) continue;
    out += wrapped(fmt::format("inconclusive: {}{}", test_name(result, test), needed), width, "",
                   "  ");
  }
  const std::string power = detectable(result, judgement);
  if (!power.empty()) out += wrapped(power, width, "", "  ");
  return out + "\n";
}

/// Stands last, where a terminal shows it.
std::string ranking(const RunResult& result, const Analysis& analysis, DescribeScenario describe,
                    std::size_t width) {
  std::string out;
  const FrameworkRows all = framework_rows(result, analysis, describe);
  for (const bool http : {true, false}) {
    for (const FrameworkRows& rows : by_kind(by_transport(all, http))) {
      out += fmt::format(
          "\nWhat tracing costs per request, {}, {}:\n\n", http ? "HTTP" : "RPC",
          rows.front().emulated ? "emulated (C++ programs, not the frameworks)" : "real");
      out += text_table(short_cost_table(result, rows), width);
    }
  }
  return out + "\n" +
         wrapped(
             "a is added to every request, b to a sampled one on top. A rank is a range where "
             "they are not told apart. ~ is within noise. 4 of 9: so few blocks are valid, and a "
             "number takes 6. real/emul.: how many times as much CPU the real one takes, untraced.",
             width, "", "");
}

/// What a judged run ends with: the sentence to quote, what follows from it, and the last line.
std::string ending(const RunResult& result, const Judgement& judgement, std::size_t width,
                   bool color) {
  std::string out;
  for (const std::string& reason : judgement.invalid)
    out += wrapped(reason, width, "invalid: ", "  ");
  out += wrapped(headline(result, judgement), width, "", "  ");
  for (const std::string& found : further_findings(result, judgement)) {
    out += wrapped(found, width, "", "  ");
  }
  const std::string last = verdict_line(judgement);
  return out + "verdict: " + (color ? "\x1b[1m" + last + "\x1b[0m" : last) + "\n";
}

}  // namespace

std::string write_text(const RunResult& result, const Analysis& analysis,
                       const ReportOptions& options) {
  const std::size_t width =
      std::max(kNarrowestPage, static_cast<std::size_t>(std::max(options.width, 0)));
  std::string out =
      wrapped(fmt::format("{}, {}", result.suite.name, run_state(result)), width, "", "  ") + "\n";
  const std::optional<Judgement>& judgement = analysis.judgement;
  if (judgement) out += verdict_text(result, *judgement, width, options.color);
  const bool of_exporters = measures_exporters(result);
  for (const CostModel& cell : analysis.cost_models) {
    if (of_exporters) break;  // one arm has nothing to be compared with
    out += cell_text(result, analysis, cell, width, options.color);
  }
  if (const std::string warm = warm_up_words(result); !warm.empty())
    out += wrapped(fmt::format("The service was {}.", warm), width, "", "  ") + "\n";
  const bool ranks = ranks_targets(result, analysis);
  const auto cells = ranks || of_exporters || is_invalid(analysis)
                         ? std::nullopt
                         : side_by_side_table(result, analysis);
  if (cells) {
    out += "Side by side, CPU per request:\n\n" + text_table(*cells, width) + "\n";
    if (const std::string curve = load_curve(result, analysis); !curve.empty()) out += curve + "\n";
  }
  if (of_exporters) out += exporters_text(result, width);
  if (measures_samplers(result) && !is_invalid(analysis)) out += samplers_text(result, width);
  for (const CostModel& cell : analysis.cost_models) {
    if (is_invalid(analysis) || of_exporters) break;
    const std::string floor = noise_floor(result, analysis, cell.cell);
    out += wrapped(answer(result, analysis, cell.cell) + (floor.empty() ? "" : " ") + floor, width,
                   "", "");
  }
  if (!is_invalid(analysis) && !of_exporters) {
    for (const std::string& text :
         {sham_verdict(result, analysis), judgement ? "" : word_rule(analysis)}) {
      if (!text.empty()) out += wrapped(text, width, "", "");
    }
  }
  if (judgement) {
    for (const std::string& warning : judgement->warnings) {
      out += wrapped(warning, width, "warning: ", "  ");
    }
  }
  for (const std::string& warning : analysis.warnings) {
    out += wrapped(warning, width, "warning: ", "  ");
  }
  for (const std::string& file : options.written) out += "written: " + file + "\n";
  if (ranks) out += ranking(result, analysis, options.describe, width);
  if (judgement) out += ending(result, *judgement, width, options.color);
  return out;
}

ReportFormat text_format() {
  return {"text", "the comparison as a terminal table", {.write = write_text}};
}

}  // namespace tracetax

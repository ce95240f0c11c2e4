// SPDX-License-Identifier: Apache-2.0
#include "reports/html/first_screen.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/analysis/pairs/pairing.h"
#include "harness/core/text/units.h"
#include "reports/charts/svg.h"
#include "reports/frameworks/framework_sentences.h"
#include "reports/words/held_words.h"
#include "reports/words/run_time.h"
#include "reports/words/sentences.h"
#include "reports/words/short_answer.h"
#include "reports/words/verdict_words.h"

namespace tracetax {
namespace {

constexpr int kMostAnswers = 3;  // a sentence each; of more cells their range

int cells_of(const RunResult& result) { return static_cast<int>(result.plan.cells.size()); }

void write_verdict(const RunResult& result, const Judgement& judgement, HtmlPage& page) {
  // The word stands out by its weight; the border's colour only repeats it.
  const std::string text = headline(result, judgement);
  const std::string word = loud_name_of(judgement.verdict);
  page.raw(fmt::format(
      "<p class=\"verdict {}\"><strong>{}</strong>{}</p>\n", name_of(judgement.verdict), word,
      markup_text(text.starts_with(word) ? text.substr(word.size()) : ": " + text)));
  page.list(judgement.invalid);
  if (judgement.verdict == Verdict::invalid) page.paragraph(kInvalidCaution, "lead");
  page.list(further_findings(result, judgement));
}

void write_answers(const RunResult& result, const Analysis& analysis, HtmlPage& page) {
  if (cells_of(result) <= kMostAnswers) {
    for (int cell = 0; cell < cells_of(result); ++cell)
      page.paragraph(short_answer(result, analysis, cell), "lead");
    return;
  }
  if (ranks_targets(result, analysis)) {
    const FrameworkRows rows = framework_rows(result, analysis, nullptr);
    for (const std::string& line : framework_headlines(rows, Language::english))
      page.paragraph(line, "lead");
    return;
  }
  const std::string range = range_of_answers(result, analysis);
  page.paragraph(range.empty()
                     ? "No target has a figure for CPU per request: every comparison of it is void."
                     : range,
                 "lead");
}

/// No number of an emulation stands without how far it is from the real framework's.
std::string what_they_are(const RunResult& result) {
  if (cells_of(result) == 1) return what_it_is(result, 0);
  std::string text;
  for (int cell = 0; cell < cells_of(result) && cells_of(result) <= kMostAnswers; ++cell)
    text += (text.empty() ? "" : "; ") + cell_name(result, cell) + ": " + what_it_is(result, cell);
  return text;
}

std::string noise(const RunResult& result, const Analysis& analysis) {
  std::string text;
  if (cells_of(result) <= kMostAnswers) {
    for (int cell = 0; cell < cells_of(result); ++cell) {
      const std::string floor = noise_floor(result, analysis, cell);
      if (!floor.empty()) text += (text.empty() ? "" : " ") + floor;
    }
  }
  const std::string sham = sham_verdict(result, analysis);
  if (!sham.empty()) text += (text.empty() ? "" : " ") + sham;
  constexpr std::string_view kTerm = "Noise floor: ";
  if (text.starts_with(kTerm)) text.erase(0, kTerm.size());
  return text.empty() ? "not measured: the suite has no off2, which is off once more" : text;
}

/// "48 of 50 segments are valid, the other 2 give no number".
std::string segments_text(const RunResult& result) {
  const std::size_t all = result.segments.size();
  const auto valid = static_cast<std::size_t>(
      std::ranges::count_if(result.segments, [](const SegmentRecord& s) { return s.valid(); }));
  std::string text = fmt::format("{} of {} segments are valid", valid, all);
  if (valid == all) return text;
  if (all - valid == 1) return text + ", the other one gives no number";
  return text + fmt::format(", the other {} give no number", all - valid);
}

std::string receipts_text(const RunResult& result) {
  std::size_t known = 0, closed = 0, asked = 0;
  std::uint64_t expected = 0;
  for (const SegmentRecord& segment : result.segments) {
    const Receipt& receipt = segment.receipt;
    if (receipt.expected == 0 && receipt.received == 0) continue;
    ++asked;
    if (!receipt.known) continue;
    ++known;
    expected += receipt.expected;
    if (receipt.closes()) ++closed;
  }
  if (asked == 0) return "no span was expected, none came";
  if (known == 0)
    return "what had to arrive is not known: the service samples by itself and does not count";
  if (closed == known)
    return fmt::format("all {} expected spans arrived, in every one of {} traced segments",
                       format_count(expected), known);
  return fmt::format("the receipt of spans closes in {} of {} traced segments only", closed, known);
}

std::string load_text(const RunResult& result) {
  if (cells_of(result) == 0) return "";
  const std::string first = load_description(result, 0);
  for (int cell = 1; cell < cells_of(result); ++cell) {
    if (load_description(result, cell) == first) continue;
    const auto [least, most] = std::ranges::minmax_element(result.cell_rates);
    const LoadShape& load = result.suite.load;
    return fmt::format(
        "open loop, {} to {}, as stands with each target; {} arrivals, {} connections",
        format_rate(least == result.cell_rates.end() ? 0 : *least),
        format_rate(most == result.cell_rates.end() ? 0 : *most),
        load.arrivals == Arrivals::poisson ? "poisson" : "constant", load.connections);
  }
  return first;
}

std::string machine_text(const RunResult& result) {
  const MachineFacts& machine = result.machine;
  return fmt::format("{}, {} CPUs, {}, {}; load generator on CPU {}, target on CPU {}",
                     machine.cpu_model, machine.cpus_allowed,
                     format_bytes(static_cast<double>(machine.memory_bytes)), machine.os,
                     result.pinned_driver.empty() ? "any" : result.pinned_driver,
                     result.pinned_target.empty() ? "any" : result.pinned_target);
}

}  // namespace

void write_first_screen(const RunResult& result, const Analysis& analysis, HtmlPage& page) {
  page.paragraph(fmt::format("tracetax, suite {}, {}", result.suite.name, result.started_at),
                 "note");
  page.heading(1, "What tracing costs");
  if (analysis.judgement) write_verdict(result, *analysis.judgement, page);
  const bool invalid = analysis.judgement && analysis.judgement->verdict == Verdict::invalid;
  if (!invalid) write_answers(result, analysis, page);
  if (result.status != RunStatus::complete)
    page.paragraph("This run is " + run_state(result) + ".", "verdict");
  const std::size_t warnings = analysis.warnings.size();
  page.facts(
      {{"What it is", what_they_are(result)},
       {"Noise floor", invalid ? "" : noise(result, analysis)},
       {"Trust", segments_text(result) + "; " + receipts_text(result) + "."},
       {"Warnings", warnings == 0 ? "" : fmt::format("{}, below", warnings)},
       {"Load", load_text(result)},
       {"Machine", machine_text(result)},
       {"Measured", fmt::format("{}, {}", result.started_at.substr(0, 10), run_length(result))}});
}

}  // namespace tracetax

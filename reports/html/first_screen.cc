// SPDX-License-Identifier: Apache-2.0
#include "reports/html/first_screen.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/text/units.h"
#include "reports/words/run_time.h"
#include "reports/words/sentences.h"
#include "reports/words/short_answer.h"
#include "reports/words/verdict_words.h"

namespace tracetax {
namespace {

constexpr int kMostAnswers = 3;  // a sentence each; of more cells their range

int cells_of(const RunResult& result) { return static_cast<int>(result.plan.cells.size()); }

void write_verdict(const RunResult& result, const Judgement& judgement, HtmlPage& page) {
  page.paragraph(fmt::format("{} {}", sign_of(judgement.verdict), headline(result, judgement)),
                 fmt::format("verdict {}", name_of(judgement.verdict)));
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
  const std::string range = range_of_answers(result, analysis);
  page.paragraph(range.empty() ? "No target has a figure: every comparison is void." : range,
                 "lead");
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

/// "250 of 250 segments gave a number"; and why others did not.
std::string segments_text(const RunResult& result) {
  std::size_t valid = 0;
  std::map<VoidRule, std::size_t> voids;
  for (const SegmentRecord& segment : result.segments) {
    if (segment.valid()) ++valid;
    for (const VoidReason& reason : segment.voids) ++voids[reason.rule];
  }
  std::string why;
  for (const auto& [rule, segments] : voids)
    why += fmt::format("{}{} {}", why.empty() ? " (void: " : ", ", name_of(rule), segments);
  return fmt::format("{} of {} segments are valid{}", valid, result.segments.size(),
                     why.empty() ? "" : why + ")");
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
        "open loop, {} to {}, each target as the tables say; {} arrivals, {} connections",
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
      {{"Noise floor", invalid ? "" : noise(result, analysis)},
       {"Trust", segments_text(result) + "; " + receipts_text(result) + "."},
       {"Warnings", warnings == 0 ? "" : fmt::format("{}, below", warnings)},
       {"Load", load_text(result)},
       {"Machine", machine_text(result)},
       {"Measured", fmt::format("{}, {}", result.started_at.substr(0, 10), run_length(result))}});
}

}  // namespace tracetax

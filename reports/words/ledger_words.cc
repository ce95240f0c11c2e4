// SPDX-License-Identifier: Apache-2.0
#include "reports/words/ledger_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>

#include "harness/core/ledger/span_ledger.h"
#include "harness/core/text/effect_text.h"
#include "harness/core/text/units.h"
#include "harness/stats/sample.h"

namespace tracetax {
namespace {

using Parts = std::vector<std::string>;

std::string percent_of(std::uint64_t part, std::uint64_t whole) {
  return fmt::format("{:.3g} %", 100 * static_cast<double>(part) / static_cast<double>(whole));
}

/// "status 503 (retry after 1 s), for 2 s from the start of the measured load".
std::string planted(const SinkFaults& faults) {
  Parts parts;
  if (faults.delay > Nanos{0}) parts.push_back("answers late by " + format_duration(faults.delay));
  if (faults.status != 0) {
    parts.push_back(fmt::format(
        "answers status {}{}", faults.status,
        faults.retry_after ? " (retry after " + format_duration(*faults.retry_after) + ")" : ""));
  }
  if (faults.reject.share() > 0)
    parts.push_back("rejects " + format_sample_rate(faults.reject) + " of the spans");
  if (faults.reset) parts.emplace_back("resets who exports");
  if (faults.black_hole) parts.emplace_back("never answers");
  std::string text = fmt::format("{}", fmt::join(parts, ", "));
  if (faults.fails_for) text += " for " + format_duration(*faults.fails_for);
  if (faults.restart_after) {
    text += fmt::format("{}restarts after {} and is closed for {}", text.empty() ? "" : ", ",
                        format_duration(*faults.restart_after), format_duration(faults.closed_for));
  }
  return text;
}

/// Of all segments of an arm.
struct Ledger {
  SegmentRecord sum;   // its receipt's counts
  SegmentRecord open;  // of those whose receipts do not close: all that the walk of spans needs
  std::uint64_t lost = 0, refused = 0;
  bool known = true;
  std::vector<double> recovery_ms;
  std::size_t segments = 0;
};

void add_open(const SegmentRecord& segment, SegmentRecord& sum) {
  const Receipt& receipt = segment.receipt;
  for (const auto member :
       {&Receipt::expected, &Receipt::received, &Receipt::traces_expected,
        &Receipt::uncertain_spans, &Receipt::rejected_spans, &Receipt::duplicates})
    sum.receipt.*member += receipt.*member;
  sum.receipt.known = sum.receipt.known && receipt.known;
  if (!segment.export_words.empty()) sum.export_words = segment.export_words;
  for (const auto& [service, metrics] : segment.service_metrics) {
    for (const auto& [name, value] : metrics) sum.service_metrics[service][name] += value;
  }
  if (!segment.self_counts) return;
  SelfCounts& counts = sum.self_counts ? *sum.self_counts : sum.self_counts.emplace();
  for (const auto member : {&SelfCounts::started, &SelfCounts::sampled, &SelfCounts::ended,
                            &SelfCounts::dropped, &SelfCounts::exported, &SelfCounts::failed})
    counts.*member += (*segment.self_counts).*member;
}

Ledger ledger_of(const RunResult& result, int cell, int arm) {
  Ledger ledger;
  Receipt& sum = ledger.sum.receipt;
  for (const SegmentRecord& segment : result.segments) {
    if (segment.spec.cell != cell || segment.spec.arm != arm) continue;
    const Receipt& receipt = segment.receipt;
    ++ledger.segments;
    ledger.known = ledger.known && receipt.known && !receipt.sink_failure;
    sum.expected += receipt.expected;
    ledger.lost += receipt.expected - std::min(receipt.expected, receipt.received);
    sum.rejected_spans += receipt.rejected_spans;
    sum.duplicates += receipt.duplicates;
    for (const auto& [reason, count] : receipt.refusals) {
      sum.refusals[reason] += count;
      ledger.refused += count;
    }
    if (receipt.recovery_ms) ledger.recovery_ms.push_back(*receipt.recovery_ms);
    if (!receipt.closes()) add_open(segment, ledger.open);
  }
  return ledger;
}

std::string recovery(const Ledger& ledger) {
  if (ledger.recovery_ms.empty()) return "no payload was taken after the fault's end";
  const std::string time = format_nanos(*median(ledger.recovery_ms) * 1e6);
  return ledger.recovery_ms.size() == ledger.segments
             ? fmt::format("the first payload was taken {} after the fault's end (median)", time)
             : fmt::format(
                   "in {} of {} segments a payload was taken after the fault's end, {} after "
                   "it (median)",
                   ledger.recovery_ms.size(), ledger.segments, time);
}

std::string words_of(const Ledger& ledger, const ArmSpec& arm, const LedgerFacts& facts) {
  const Receipt& sum = ledger.sum.receipt;
  const SinkFaults& faults = arm.sink.faults;
  Parts parts;
  if (faults.any()) parts.push_back("its sink fails on purpose: it " + planted(faults));
  if (ledger.refused > 0) {
    Parts reasons;
    for (const auto& [reason, count] : sum.refusals)
      reasons.push_back(fmt::format("{} x {}", format_count(count), reason));
    parts.push_back(fmt::format("the sink refused {}", fmt::join(reasons, ", ")));
  }
  if (ledger.known && ledger.lost > 0) {
    parts.push_back(fmt::format("{} of {} spans were lost ({}){}", format_count(ledger.lost),
                                format_count(sum.expected), percent_of(ledger.lost, sum.expected),
                                arm.loss_expected ? ", as the arm expects" : ""));
  }
  if (const std::string losses = losses_sentence(make_ledger(ledger.open, facts)); !losses.empty())
    parts.push_back(losses);
  if (faults.any() && sum.duplicates > 0)
    parts.push_back(format_count(sum.duplicates) + " spans came twice");
  if (faults.end()) parts.push_back(recovery(ledger));
  return fmt::format("{}", fmt::join(parts, "; "));
}

/// Nothing where none was lost, or the arm does not expect it and its numbers do not count.
std::optional<std::string> loss_beside(const RunResult& result, std::optional<int> cell,
                                       const std::string& arm) {
  const auto spec = std::ranges::find(result.suite.arms, arm, &ArmSpec::name);
  if (spec == result.suite.arms.end() || !spec->loss_expected) return std::nullopt;
  std::uint64_t lost = 0, expected = 0;
  for (const SegmentRecord& segment : result.segments) {
    const bool here = segment.arm == arm && (!cell || segment.spec.cell == *cell);
    if (!here || !segment.valid() || segment.spec.kind != SegmentKind::open) continue;
    expected += segment.receipt.expected;
    lost += segment.receipt.expected - std::min(segment.receipt.expected, segment.receipt.received);
  }
  if (lost == 0) return std::nullopt;
  return percent_of(lost, expected) + " of spans lost";
}

}  // namespace

std::vector<std::string> ledger_words(const RunResult& result, int cell) {
  std::vector<std::string> sentences;
  for (std::size_t arm = 0; arm < result.suite.arms.size(); ++arm) {
    const Ledger ledger = ledger_of(result, cell, static_cast<int>(arm));
    if (ledger.segments == 0) continue;
    const ArmSpec& spec = result.suite.arms[arm];
    // What does not export has nothing to lose.
    if (ledger.sum.receipt.expected == 0 && ledger.refused == 0) continue;
    const TargetSpec& target = result.suite.targets.at(
        static_cast<std::size_t>(result.plan.cells.at(static_cast<std::size_t>(cell)).target));
    const LedgerFacts facts = ledger_facts(result.suite, target, spec);
    if (const std::string words = words_of(ledger, spec, facts); !words.empty())
      sentences.push_back(fmt::format("{}: {}", spec.name, words));
  }
  return sentences;
}

std::string name_with_loss(const RunResult& result, int cell, const std::string& arm) {
  const auto loss = loss_beside(result, cell, arm);
  return loss ? fmt::format("{}, {}", arm, *loss) : arm;
}

std::string name_with_loss(const RunResult& result, const std::string& arm) {
  const auto loss = loss_beside(result, std::nullopt, arm);
  return loss ? fmt::format("{}, {}", arm, *loss) : arm;
}

}  // namespace tracetax

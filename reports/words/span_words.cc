// SPDX-License-Identifier: Apache-2.0
#include "reports/words/span_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/core/text/effect_text.h"
#include "harness/core/text/wrap.h"

namespace tracetax {
namespace {

using Json = nlohmann::ordered_json;

std::string_view counted_by(CountedBy by) {
  switch (by) {
    case CountedBy::plan:
      return "the plan";
    case CountedBy::sdk:
      return "its SDK";
    case CountedBy::collector:
      return "the collector";
    case CountedBy::sink:
      return "the sink";
    case CountedBy::inferred:
      return "inferred: so many came further";
    case CountedBy::nobody:
      return "not seen";
  }
  return "";
}

std::string count_of(const LedgerStage& stage) {
  if (!stage.count) return "?";
  return (stage.by == CountedBy::inferred ? ">= " : "") + format_count(*stage.count);
}

std::string table_of(const SpanLedger& ledger, std::size_t width) {
  std::string text =
      fmt::format("  {:<10} {:>12} {:>10}  {}\n", "stage", "spans", "lost", "counted by");
  for (const LedgerStage& stage : ledger.stages) {
    text += fmt::format("  {:<10} {:>12} {:>10}  {}{}\n", name_of(stage.stage), count_of(stage),
                        stage.lost > 0 ? format_count(stage.lost) : "", counted_by(stage.by),
                        stage.lost > 0 && stage.on_purpose ? ", dropped on purpose" : "");
    for (const NamedLoss& loss : stage.named)
      text += wrapped(one_line(fmt::format("{} {}", format_count(loss.spans), loss.why)), width,
                      "             ", "             ");
  }
  return text;
}

std::string finding_text(const Finding& finding, std::size_t width) {
  const std::string indent(10, ' ');
  std::string text =
      wrapped(one_line(finding.faults.size() == 1
                           ? fmt::format("{}: {}", finding.faults.front(), finding.cause())
                           : finding.cause()),
              width, "fault     ", indent);
  text += wrapped(one_line("seen: " + finding.evidence), width, indent, indent);
  return text + wrapped(one_line(finding.remedy()), width, indent + "-> ", indent + "   ");
}

Json stage_json(const LedgerStage& stage) {
  Json json = {{"stage", name_of(stage.stage)},
               {"count", stage.count ? Json(*stage.count) : Json(nullptr)},
               {"by", name_of(stage.by)},
               {"lost", stage.lost},
               {"more", stage.more},
               {"on_purpose", stage.on_purpose}};
  for (const NamedLoss& loss : stage.named)
    json["named"].push_back({{"why", loss.why}, {"spans", loss.spans}});
  return json;
}

Json phase_json(const ProbePhase& phase) {
  return {{"requests", phase.requests}, {"whole", phase.whole}, {"part", phase.part}};
}

Json report_json(const SpanReport& report) {
  Json json = {{"target", report.target}, {"scenario", report.scenario}, {"arm", report.arm}};
  json["failed"] = report.failed().empty() ? Json(nullptr) : Json(report.failed());
  json["walk"] = Json::array();
  for (const LedgerStage& stage : report.ledger.stages) json["walk"].push_back(stage_json(stage));
  if (const auto& leak = report.ledger.first_leak) {
    json["first_leak"] = {{"after", name_of(leak->after)},
                          {"at", name_of(leak->at)},
                          {"lost", leak->lost},
                          {"of", leak->of}};
  } else {
    json["first_leak"] = nullptr;
  }
  json["contradictions"] = report.ledger.contradictions;
  json["findings"] = Json::array();
  for (const Finding& finding : report.findings) {
    json["findings"].push_back({{"faults", finding.faults},
                                {"question", fault_named(finding.faults.front()).question},
                                {"cause", finding.cause()},
                                {"evidence", finding.evidence},
                                {"remedy", finding.remedy()}});
  }
  const SpanProbe& seen = report.evidence.as_it_is;
  json["spans_each"] = seen.spans_each;
  json["calm"] = phase_json(seen.calm);
  json["burst"] = phase_json(seen.burst);
  json["last"] = phase_json(seen.last);
  json["unsampled"] = phase_json(seen.unsampled);
  return json;
}

}  // namespace

std::string write_span_reports(std::span<const SpanReport> reports, int width) {
  const auto columns = static_cast<std::size_t>(std::clamp(width, 60, 80));
  std::string text;
  for (const SpanReport& report : reports) {
    const bool one = std::ranges::all_of(reports, [&](const SpanReport& other) {
      return other.target == report.target && other.scenario == report.scenario;
    });
    text +=
        fmt::format("{}{}\n", text.empty() ? "" : "\n",
                    one ? fmt::format("{}, {}", report.target, report.arm)
                        : fmt::format("{}, {}, {}", report.target, report.scenario, report.arm));
    if (!report.failed().empty()) {
      text += wrapped(one_line(report.failed()), columns, "failed    ", std::string(10, ' '));
      continue;
    }
    text += table_of(report.ledger, columns);
    if (const std::string leak = leak_sentence(report.ledger); !leak.empty())
      text += wrapped(one_line(leak), columns, "leak      ", std::string(10, ' '));
    for (const std::string& sentence : report.ledger.contradictions)
      text += wrapped(one_line("the sums do not close: " + sentence), columns, "note      ",
                      std::string(10, ' '));
    for (const Finding& finding : report.findings) text += finding_text(finding, columns);
    if (report.findings.empty() && report.ledger.closes())
      text += "ok        all spans came, and nothing is wrong with them\n";
  }
  return text;
}

std::string span_reports_json(std::span<const SpanReport> reports) {
  Json json = {{"arms", Json::array()}};
  for (const SpanReport& report : reports) json["arms"].push_back(report_json(report));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace tracetax

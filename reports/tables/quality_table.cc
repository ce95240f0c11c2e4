// SPDX-License-Identifier: Apache-2.0
#include "reports/tables/quality_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "harness/core/text/effect_text.h"
#include "harness/core/text/units.h"
#include "harness/core/trace_findings.h"
#include "harness/stats/sample.h"

namespace tracetax {
namespace {

struct ArmQuality {
  std::string arm;
  TraceQuality sum;
  bool known = true;  // what had to come, in every segment
  std::uint64_t duplicates = 0;
  std::uint64_t set_after_end = 0;  // as the target counts it, where it does
  std::vector<double> delays_p50_ms, delays_p99_ms;
};

std::vector<ArmQuality> arm_qualities(const RunResult& result, int cell) {
  std::vector<ArmQuality> all;
  for (std::size_t arm = 0; arm < result.suite.arms.size(); ++arm) {
    ArmQuality one;
    one.arm = result.suite.arms[arm].name;
    bool judged = false;
    for (const SegmentRecord& segment : result.segments) {
      if (segment.spec.cell != cell || segment.spec.arm != static_cast<int>(arm)) continue;
      const Receipt& receipt = segment.receipt;
      if (!receipt.quality) continue;
      judged = true;
      add_quality(*receipt.quality, one.sum);
      one.known = one.known && receipt.known;
      one.duplicates += receipt.duplicates;
      if (segment.self_counts) one.set_after_end += segment.self_counts->set_after_end;
      if (receipt.export_delay_p50_ms) one.delays_p50_ms.push_back(*receipt.export_delay_p50_ms);
      if (receipt.export_delay_p99_ms) one.delays_p99_ms.push_back(*receipt.export_delay_p99_ms);
    }
    if (judged) all.push_back(std::move(one));
  }
  return all;
}

/// "33.3 %"; never "100 %" of what is not all, nor "0 %" of what is not nothing.
std::string share_text(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "-";
  if (part == 0) return "0";
  if (part == whole) return "100 %";
  const double share = 100 * static_cast<double>(part) / static_cast<double>(whole);
  if (share > 99.99) return "> 99.99 %";
  return share < 0.01 ? "< 0.01 %" : fmt::format("{:.4g} %", share);
}

std::string middle(const std::vector<double>& milliseconds) {
  const auto middle_ms = median(milliseconds);
  return middle_ms ? format_nanos(*middle_ms * 1e6) : "-";
}

struct QualityColumn {
  std::string_view title;
  int keep;
  bool (*tells)(const ArmQuality&);
  std::string (*text)(const ArmQuality&);
};

constexpr QualityColumn kQualityColumns[] = {
    {"trace recall", 9,
     [](const ArmQuality& arm) {
       return arm.known && arm.sum.traces_recalled < arm.sum.traces_sampled;
     },
     [](const ArmQuality& arm) {
       return arm.known ? share_text(arm.sum.traces_recalled, arm.sum.traces_sampled) : "-";
     }},
    {"span recall", 7,
     [](const ArmQuality& arm) {
       return arm.known && arm.sum.spans_recalled < arm.sum.spans_sampled;
     },
     [](const ArmQuality& arm) {
       return arm.known ? share_text(arm.sum.spans_recalled, arm.sum.spans_sampled) : "-";
     }},
    {"whole", 8,
     [](const ArmQuality& arm) {
       return arm.known && arm.sum.traces_whole < arm.sum.traces_recalled;
     },
     [](const ArmQuality& arm) {
       return arm.known ? share_text(arm.sum.traces_whole, arm.sum.traces_recalled) : "-";
     }},
    {"orphans", 6, [](const ArmQuality& arm) { return arm.sum.orphans > 0; },
     [](const ArmQuality& arm) { return share_text(arm.sum.orphans, arm.sum.spans); }},
    {"late parent", 10, [](const ArmQuality& arm) { return arm.sum.late_parents > 0; },
     [](const ArmQuality& arm) { return share_text(arm.sum.late_parents, arm.sum.spans); }},
    {"many roots", 6, [](const ArmQuality& arm) { return arm.sum.many_roots > 0; },
     [](const ArmQuality& arm) { return share_text(arm.sum.many_roots, arm.sum.traces); }},
    {"clock", 5, [](const ArmQuality& arm) { return clock_anomalies(arm.sum) > 0; },
     [](const ArmQuality& arm) { return share_text(clock_anomalies(arm.sum), arm.sum.spans); }},
    {"truncated", 4, [](const ArmQuality& arm) { return arm.sum.truncated > 0; },
     [](const ArmQuality& arm) { return share_text(arm.sum.truncated, arm.sum.spans); }},
    {"duplicates", 3, [](const ArmQuality& arm) { return arm.duplicates > 0; },
     [](const ArmQuality& arm) { return format_count(arm.duplicates); }},
};

std::optional<Table> table_of(const std::vector<ArmQuality>& arms) {
  std::vector<const QualityColumn*> shown;
  for (const QualityColumn& column : kQualityColumns) {
    if (std::any_of(arms.begin(), arms.end(), column.tells)) shown.push_back(&column);
  }
  if (shown.empty()) return std::nullopt;
  Table table{.columns = {{.title = "arm"}}, .rows = {}};
  for (const QualityColumn* column : shown) {
    table.columns.push_back(
        {.title = std::string(column->title), .right = true, .keep = column->keep});
  }
  table.columns.push_back({.title = "export delay p50", .right = true, .keep = 1});
  table.columns.push_back({.title = "delay p99", .right = true, .keep = 2});
  for (const ArmQuality& arm : arms) {
    std::vector<std::string> row{arm.arm};
    for (const QualityColumn* column : shown) row.push_back(column->text(arm));
    row.push_back(middle(arm.delays_p50_ms));
    row.push_back(middle(arm.delays_p99_ms));
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace

QualityPart quality_part(const RunResult& result, int cell) {
  QualityPart part;
  const std::vector<ArmQuality> arms = arm_qualities(result, cell);
  if (arms.empty()) return part;
  TraceQuality sum;
  std::uint64_t set_after_end = 0;
  for (const ArmQuality& arm : arms) {
    add_quality(arm.sum, sum);
    set_after_end += arm.set_after_end;
  }
  part.table = table_of(arms);
  if (!part.table) {
    const bool known = std::all_of(arms.begin(), arms.end(), std::mem_fn(&ArmQuality::known));
    part.sentences.push_back(fmt::format(
        "{} {}: no orphan, no late parent, one root each, no span truncated, no clock anomaly.",
        known ? "All" : "Of",
        format_count(sum.traces) + (known ? " traces came whole" : " traces")));
  }
  for (const CheckLine& line : trace_findings(sum, "")) {
    part.sentences.push_back(fmt::format("Trace quality, {}: {}. What would be right: {}.",
                                         line.check, line.seen, line.remedy));
  }
  if (set_after_end > 0) {
    part.sentences.push_back(fmt::format(
        "Trace quality, late attributes: {} attributes or events were set on spans that had ended, "
        "and are lost. What would be right: set them before the span's end.",
        format_count(set_after_end)));
  }
  return part;
}

}  // namespace tracetax

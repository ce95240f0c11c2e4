// Comma-separated values as RFC 4180 has them: one line per segment, or per metric and arm. What
// was not measured is an empty field.
// SPDX-License-Identifier: Apache-2.0
#include "reports/tables/cell_parts.h"
#include "reports/tables/csv_line.h"
#include "reports/words/report.h"
#include "reports/words/target_kind.h"

namespace tracetax {
namespace {

std::optional<double> percentile(const Histogram& histogram, double quantile) {
  if (!histogram.supports(quantile)) return std::nullopt;
  return static_cast<double>(histogram.percentile(100 * quantile));
}

std::string segment_line(const RunResult& result, const SegmentRecord& segment) {
  std::uint64_t errors = 0;
  for (const auto& [kind, times] : segment.errors) errors += times;
  std::string rules;
  for (const VoidReason& reason : segment.voids) {
    rules += (rules.empty() ? "" : " ") + std::string(name_of(reason.rule));
  }
  const std::optional<TargetUsage>& usage = segment.usage;
  const auto of_usage = [&](std::uint64_t TargetUsage::*member) -> std::optional<double> {
    return usage ? std::optional(static_cast<double>((*usage).*member)) : std::nullopt;
  };
  const Histogram response = segment.times.response(), service = segment.times.service();
  const bool open = segment.spec.kind == SegmentKind::open;
  CsvLine line;
  line.text(result.run_id).text(target_name(result, segment.spec.cell));
  line.text(scenario_name(result, segment.spec.cell)).whole(segment.spec.block);
  line.whole(segment.spec.position).text(segment.arm).text(name_of(segment.spec.kind));
  line.text(rules).text(segment.started_at).number(segment.duration_s);
  line.whole(segment.requests).whole(segment.sent).whole(segment.late).whole(errors);
  line.number(open ? std::optional(segment.asked_rate) : std::nullopt)
      .number(segment.achieved_rate);
  line.number(segment.sampled_share);
  const auto cpu_ns = of_usage(&TargetUsage::cpu_ns);
  line.number(cpu_ns && segment.requests > 0
                  ? std::optional(*cpu_ns / 1e3 / static_cast<double>(segment.requests))
                  : std::nullopt);
  line.number(of_usage(&TargetUsage::rss_peak_bytes))
      .number(of_usage(&TargetUsage::rss_steady_bytes));
  line.number(of_usage(&TargetUsage::voluntary_switches));
  line.number(of_usage(&TargetUsage::involuntary_switches));
  for (const Histogram* histogram : {&response, &service, &segment.times.lag}) {
    line.number(percentile(*histogram, 0.5)).number(percentile(*histogram, 0.99));
  }
  const Receipt& receipt = segment.receipt;
  line.text(receipt.known ? std::to_string(receipt.expected) : "").whole(receipt.received);
  line.whole(receipt.duplicates).whole(receipt.orphans).whole(receipt.bytes);
  line.number(segment.driver_cpu_us_per_request).number(segment.driver_busy);
  line.whole(static_cast<std::uint64_t>(segment.times.lag_held_up.count()));
  line.number(segment.steal_pct).whole(segment.throttled);
  line.text(target_kind(result, segment.spec.cell));
  line.number(segment.target_busy);
  return line.end();
}

std::string write_csv(const RunResult& result, const Analysis&, const ReportOptions&) {
  std::string out =
      "run_id,target,scenario,block,pos,arm,kind,void_rules,t0,dur_s,requests,sent,late,errors,"
      "asked_rate,"
      "achieved_rate,sampled_share,cpu_us_per_request,rss_peak_bytes,rss_steady_bytes,"
      "ctx_switches_voluntary,ctx_switches_involuntary,response_p50_ns,response_p99_ns,service_p50_"
      "ns,"
      "service_p99_ns,lag_p50_ns,lag_p99_ns,spans_expected,spans_received,span_duplicates,span_"
      "orphans,"
      "span_bytes,driver_cpu_us_per_request,driver_busy,held_up,steal_pct,throttled,target_kind,"
      "target_busy\n";
  for (const SegmentRecord& segment : result.segments) out += segment_line(result, segment);
  return out;
}

std::string write_comparisons_csv(const RunResult& result, const Analysis& analysis,
                                  const ReportOptions&) {
  std::string out =
      "run_id,target,scenario,metric,unit,arm,reference,blocks,blocks_void,off,on,estimate_pct,low_"
      "pct,"
      "high_pct,level,ratio_of_means_pct,word,reason,target_kind,p,p_adjusted\n";
  for (const Comparison& comparison : analysis.comparisons) {
    const auto& interval = comparison.interval_pct;
    CsvLine line;
    line.text(result.run_id).text(target_name(result, comparison.cell));
    line.text(scenario_name(result, comparison.cell)).text(name_of(comparison.metric));
    line.text(unit_of(comparison.metric)).text(comparison.arm).text(comparison.reference);
    line.whole(comparison.blocks).whole(comparison.blocks_void);
    line.number(comparison.off_value).number(comparison.on_value).number(comparison.estimate_pct);
    line.number(interval ? std::optional(interval->low) : std::nullopt);
    line.number(interval ? std::optional(interval->high) : std::nullopt);
    line.number(interval ? std::optional(interval->level) : std::nullopt);
    line.number(comparison.ratio_of_means_pct)
        .text(name_of(comparison.word))
        .text(comparison.reason)
        .text(target_kind(result, comparison.cell))
        .number(comparison.p)
        .number(comparison.p_adjusted);
    out += line.end();
  }
  return out;
}

}  // namespace

ReportFormat csv_format() { return {"csv", "one line per segment", {.write = write_csv}}; }

ReportFormat comparisons_csv_format() {
  return {"comparisons-csv", "one line per metric and arm", {.write = write_comparisons_csv}};
}

}  // namespace tracetax

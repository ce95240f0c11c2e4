// The format `openmetrics`: gauges for what scrapes a CI machine, such as node_exporter's textfile
// collector. The text is OpenMetrics and also Prometheus' older text format: gauges only, and no
// timestamps on samples, which that collector refuses. Base units: seconds, bytes, ratios. Of an
// invalid run it holds no number but that it is invalid.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "reports/formats/metric_family.h"
#include "reports/tables/cell_parts.h"
#include "reports/words/report.h"
#include "reports/words/run_time.h"
#include "reports/words/target_kind.h"

namespace tracetax {
namespace {

using Labels = MetricLabels;

MetricFamily gauge(std::string name, std::string_view unit, std::string_view help) {
  return {std::move(name), "gauge", unit, help};
}

Labels cell_labels(const RunResult& result, int cell) {
  return {{"suite", result.suite.name},
          {"target", target_name(result, cell)},
          {"kind", std::string(target_kind(result, cell))},
          {"scenario", scenario_name(result, cell)}};
}

struct BaseUnit {
  std::string_view name;
  double divisor = 1;  // of the metric's own unit
};
BaseUnit base_unit(Metric metric) {
  if (&metric->unit == &units::nanoseconds) return {"seconds", 1e9};
  if (&metric->unit == &units::microseconds) return {"seconds", 1e6};
  if (&metric->unit == &units::bytes) return {"bytes", 1};
  return {"", 1};
}

bool is_invalid_run(const RunResult& result, const Analysis& analysis) {
  if (analysis.judgement) return analysis.judgement->verdict == Verdict::invalid;
  return result.status == RunStatus::invalid;
}

std::string state_of_run(const RunResult& result, const Analysis& analysis) {
  const Labels suite{{"suite", result.suite.name}};
  MetricFamily info = gauge("tracetax_run_info", "", "What was run, and by what. The value is 1.");
  info.add({{"suite", result.suite.name},
            {"run_id", result.run_id},
            {"version", result.tool.version},
            {"cpu", result.machine.cpu_model}},
           1);
  MetricFamily started =
      gauge("tracetax_run_start_timestamp_seconds", "seconds", "When the run began.");
  started.add(suite, unix_seconds(result.started_at));
  MetricFamily ended =
      gauge("tracetax_run_end_timestamp_seconds", "seconds", "When the run ended.");
  if (!result.finished_at.empty()) ended.add(suite, unix_seconds(result.finished_at));
  MetricFamily valid =
      gauge("tracetax_run_valid", "", "1 if the numbers of the run may be used, else 0.");
  valid.add(suite, is_invalid_run(result, analysis) ? 0 : 1);
  MetricFamily segments =
      gauge("tracetax_run_segments", "", "Measured segments, by whether they are valid.");
  const auto sound = std::ranges::count_if(result.segments, &SegmentRecord::valid);
  for (const auto& [state, count] :
       {std::pair{"valid", sound},
        {"void", static_cast<std::ptrdiff_t>(result.segments.size()) - sound}})
    segments.add({suite.front(), {"state", state}}, static_cast<double>(count));
  return info.text() + started.text() + ended.text() + valid.text() + segments.text();
}

std::string verdict_of(const RunResult& result, const Analysis& analysis) {
  if (!analysis.judgement) return "";
  MetricFamily family =
      gauge("tracetax_gate_verdict", "", "1 of the verdict that the gate came to, 0 of others.");
  for (const Verdict verdict :
       {Verdict::pass, Verdict::fail, Verdict::inconclusive, Verdict::invalid})
    family.add({{"suite", result.suite.name}, {"verdict", std::string(name_of(verdict))}},
               analysis.judgement->verdict == verdict ? 1 : 0);
  return family.text();
}

std::string overheads(const RunResult& result, const Analysis& analysis) {
  MetricFamily estimate = gauge("tracetax_overhead_ratio", "ratio",
                                "Change against the reference arm; 0.3 is 30 % more.");
  MetricFamily low =
      gauge("tracetax_overhead_low_ratio", "ratio", "Lower end of its 95 % interval.");
  MetricFamily high =
      gauge("tracetax_overhead_high_ratio", "ratio", "Upper end of its 95 % interval.");
  MetricFamily blocks = gauge("tracetax_overhead_blocks", "", "Pairs that it rests on.");
  for (const Comparison& comparison : analysis.comparisons) {
    if (comparison.word == Word::void_ || !comparison.estimate_pct || !comparison.interval_pct)
      continue;
    Labels labels = cell_labels(result, comparison.cell);
    labels.insert(labels.end(), {{"arm", comparison.arm},
                                 {"reference", comparison.reference},
                                 {"metric", std::string(name_of(comparison.metric))}});
    estimate.add(labels, *comparison.estimate_pct / 100);
    low.add(labels, comparison.interval_pct->low / 100);
    high.add(labels, comparison.interval_pct->high / 100);
    blocks.add(labels, comparison.blocks);
  }
  return estimate.text() + low.text() + high.text() + blocks.text();
}

/// The medians that the overheads are of.
std::string values_of_metric(const RunResult& result, const Analysis& analysis, Metric metric) {
  const auto& [unit, divisor] = base_unit(metric);
  MetricFamily family =
      gauge(fmt::format("tracetax_{}{}{}", name_of(metric), unit.empty() ? "" : "_", unit), unit,
            fmt::format("{} (median over the blocks).", label_of(metric)));
  std::set<std::pair<int, std::string>> told;
  for (const Comparison& comparison : analysis.comparisons) {
    if (comparison.metric != metric || comparison.word == Word::void_) continue;
    const auto add = [&](const std::string& arm, const std::optional<double>& value) {
      if (!value || !told.emplace(comparison.cell, arm).second) return;
      Labels labels = cell_labels(result, comparison.cell);
      labels.emplace_back("arm", arm);
      family.add(labels, *value / divisor);
    };
    add(comparison.reference, comparison.off_value);
    add(comparison.arm, comparison.implied_on());
  }
  return family.text();
}

std::string write_openmetrics(const RunResult& result, const Analysis& analysis,
                              const ReportOptions&) {
  std::string out = state_of_run(result, analysis) + verdict_of(result, analysis);
  if (!is_invalid_run(result, analysis)) {
    out += overheads(result, analysis);
    for (const Metric metric : all_metrics()) out += values_of_metric(result, analysis, metric);
  }
  return out + "# EOF\n";
}

}  // namespace

ReportFormat openmetrics_format() {
  return {"openmetrics",
          "gauges as OpenMetrics and Prometheus text (textfile collector)",
          {.write = write_openmetrics}};
}

}  // namespace tracetax

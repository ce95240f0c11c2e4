// The format `series`: the run as time series, OpenMetrics with a time on every sample, for
// `promtool tsdb create-blocks-from openmetrics` and whatever evaluates alert rules on it:
// ci/alerts.
//
// Counters go on over the segments of an arm. Times are of the tick, counted from the start of the
// segment; launch and warm-up are not in a segment's ticks, so a series is that much early.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <tuple>

#include "reports/formats/metric_family.h"
#include "reports/tables/cell_parts.h"
#include "reports/words/report.h"
#include "reports/words/run_time.h"
#include "reports/words/target_kind.h"

namespace tracetax {
namespace {

/// Grows over the segments of one arm.
struct ArmCounters {
  std::uint64_t requests = 0, errors = 0, cpu_ns = 0, spans_expected = 0, spans_received = 0;
  std::map<std::pair<std::string, std::string>, double> own;  // by service and metric
};

struct SeriesFamilies {
  MetricFamily requests{"tracetax_requests", "counter", "", "Answered as expected."};
  MetricFamily errors{"tracetax_request_errors", "counter", "", "Not answered as expected."};
  MetricFamily p50{"tracetax_response_p50_seconds", "gauge", "seconds",
                   "Median response time of a tick."};
  MetricFamily p99{"tracetax_response_p99_seconds", "gauge", "seconds",
                   "99th percentile of the response times of a tick."};
  MetricFamily cpu{"tracetax_target_cpu_seconds", "counter", "seconds",
                   "CPU time of the target's processes while it was under load."};
  MetricFamily rss{"tracetax_target_resident_memory_bytes", "gauge", "bytes",
                   "Resident memory of the target's processes."};
  MetricFamily expected{"tracetax_spans_expected", "counter", "",
                        "Spans that had to arrive, told at the end of each segment."};
  MetricFamily received{"tracetax_spans_received", "counter", "", "Spans that arrived."};
  std::map<std::string, MetricFamily> own;  // of services, by metric
};

std::string series_labels(const RunResult& result, const SegmentRecord& segment) {
  const int cell = segment.spec.cell;
  return metric_labels_text({{"suite", result.suite.name},
                             {"target", target_name(result, cell)},
                             {"kind", std::string(target_kind(result, cell))},
                             {"scenario", scenario_name(result, cell)},
                             {"arm", segment.arm}});
}

void add_ticks(const SegmentRecord& segment, const std::string& labels, double began,
               ArmCounters& sum, SeriesFamilies& families) {
  for (const SeriesTick& tick : segment.series.ticks) {
    const double at = began + tick.at_s + segment.series.tick_s;
    sum.requests += tick.requests;
    sum.errors += tick.errors;
    families.requests.add_at(labels, static_cast<double>(sum.requests), at);
    families.errors.add_at(labels, static_cast<double>(sum.errors), at);
    if (tick.p50_ns > 0) families.p50.add_at(labels, tick.p50_ns / 1e9, at);
    if (tick.p99_ns > 0) families.p99.add_at(labels, tick.p99_ns / 1e9, at);
    if (tick.cpu_ns) {
      sum.cpu_ns += *tick.cpu_ns;
      families.cpu.add_at(labels, static_cast<double>(sum.cpu_ns) / 1e9, at);
    }
    if (tick.rss_bytes) families.rss.add_at(labels, static_cast<double>(*tick.rss_bytes), at);
  }
}

/// Of void segments too: an account that does not close is why they are void. Not where traces are
/// dropped on purpose.
void add_spans(const SegmentRecord& segment, const std::string& labels, double ended,
               ArmCounters& sum, SeriesFamilies& families) {
  const Receipt& receipt = segment.receipt;
  if (!receipt.known || receipt.sink_failure || receipt.keeps) return;
  sum.spans_expected += receipt.expected;
  sum.spans_received += receipt.received;
  families.expected.add_at(labels, static_cast<double>(sum.spans_expected), ended);
  families.received.add_at(labels, static_cast<double>(sum.spans_received), ended);
}

/// `name{a="b"}` as a service wrote it, with the run's labels in front of its own.
void add_own(const SegmentRecord& segment, const std::string& labels, double ended,
             ArmCounters& sum, SeriesFamilies& families) {
  for (const auto& [service, metrics] : segment.service_metrics) {
    for (const auto& [written, grew] : metrics) {
      const std::size_t brace = std::min(written.find('{'), written.size());
      const std::string name = written.substr(0, brace);
      std::string own_labels = written.substr(std::min(brace + 1, written.size()));
      if (own_labels.ends_with('}')) own_labels.pop_back();
      double& total = sum.own[{service, written}];
      total += grew;
      MetricFamily& family = families.own.try_emplace(name, name, "unknown", "", "").first->second;
      family.add_at(labels + ',' + metric_labels_text({{"service", service}}) +
                        (own_labels.empty() ? "" : ",") + own_labels,
                    total, ended);
    }
  }
}

std::string write_series(const RunResult& result, const Analysis&, const ReportOptions&) {
  SeriesFamilies families;
  std::map<std::pair<int, std::string>, ArmCounters> sums;
  for (const SegmentRecord& segment : result.segments) {
    if (segment.spec.kind != SegmentKind::open) continue;
    ArmCounters& sum = sums[{segment.spec.cell, segment.arm}];
    const std::string labels = series_labels(result, segment);
    const double began = unix_seconds(segment.started_at);
    double length = segment.duration_s;
    for (const SeriesTick& tick : segment.series.ticks)
      length = std::max(length, tick.at_s + segment.series.tick_s);
    if (segment.valid()) add_ticks(segment, labels, began, sum, families);
    add_spans(segment, labels, began + length, sum, families);
    add_own(segment, labels, began + length, sum, families);
  }
  std::string out = families.requests.text() + families.errors.text() + families.p50.text() +
                    families.p99.text() + families.cpu.text() + families.rss.text() +
                    families.expected.text() + families.received.text();
  for (const auto& [name, family] : families.own) out += family.text();
  return out + "# EOF\n";
}

}  // namespace

ReportFormat series_format() {
  return {"series",
          "time series as OpenMetrics with times (promtool tsdb create-blocks-from)",
          {.write = write_series}};
}

}  // namespace tracetax

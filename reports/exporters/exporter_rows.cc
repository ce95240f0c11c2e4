// SPDX-License-Identifier: Apache-2.0
#include "reports/exporters/exporter_rows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "harness/core/metric_value.h"
#include "harness/core/receipt/receipt.h"
#include "harness/core/validity.h"
#include "harness/stats/sample.h"
#include "harness/stats/signed_rank.h"

namespace tracetax {
namespace {

constexpr double kLevel = 0.95;

std::optional<double> per_span(double amount, std::uint64_t spans) {
  if (spans == 0) return std::nullopt;
  return amount / static_cast<double>(spans);
}

double sender_ns(const SegmentRecord& segment) {
  return segment.driver_cpu_us_per_request * 1e3 * static_cast<double>(segment.requests);
}

}  // namespace

namespace exporter_metrics {

extern constinit const MetricDefinition spans_per_second{
    .id = "spans_per_second",
    .short_name = "spans",
    .label = "spans/s",
    .unit = units::per_second,
    .higher_is_better = true,
    .kind = SegmentKind::capacity,
    .read = [](const SegmentRecord& segment) -> std::optional<double> {
      if (!segment.otlp || segment.duration_s <= 0) return std::nullopt;
      return static_cast<double>(segment.otlp->spans_accepted) / segment.duration_s;
    },
    .lacking = "no export was answered"};

extern constinit const MetricDefinition export_p50{
    .id = "export_p50",
    .short_name = "p50",
    .label = "export p50",
    .unit = units::nanoseconds,
    .kind = SegmentKind::capacity,
    .read = [](const SegmentRecord& segment) { return response_quantile(segment, 0.5); },
    .lacking = "a p50 needs 20 exports"};

extern constinit const MetricDefinition export_p99{
    .id = "export_p99",
    .short_name = "p99",
    .label = "export p99",
    .unit = units::nanoseconds,
    .kind = SegmentKind::capacity,
    .read = [](const SegmentRecord& segment) { return response_quantile(segment, 0.99); },
    .lacking = "a p99 needs 1,000 exports"};

extern constinit const MetricDefinition sender_cpu{
    .id = "sender_cpu_per_span",
    .short_name = "sender",
    .label = "sender's CPU per span",
    .unit = units::nanoseconds,
    .kind = SegmentKind::capacity,
    .read = [](const SegmentRecord& segment) -> std::optional<double> {
      if (!segment.otlp) return std::nullopt;
      return per_span(sender_ns(segment), segment.otlp->spans_accepted);
    },
    .lacking = "no export was answered"};

extern constinit const MetricDefinition receiver_cpu{
    .id = "receiver_cpu_per_span",
    .short_name = "receiver",
    .label = "receiver's CPU per span",
    .unit = units::nanoseconds,
    .kind = SegmentKind::capacity,
    .read = [](const SegmentRecord& segment) -> std::optional<double> {
      if (!segment.otlp || !segment.usage) return std::nullopt;
      return per_span(static_cast<double>(segment.usage->cpu_ns), segment.otlp->spans_accepted);
    },
    .lacking = "the receiver's process was not metered"};

extern constinit const MetricDefinition bytes_per_span{
    .id = "bytes_per_span",
    .short_name = "bytes",
    .label = "bytes per span",
    .unit = units::bytes,
    .kind = SegmentKind::capacity,
    .read = [](const SegmentRecord& segment) -> std::optional<double> {
      return segment.otlp ? segment.otlp->bytes_per_span() : std::nullopt;
    },
    .lacking = "no export was sent"};

}  // namespace exporter_metrics

namespace {

/// What a relay of the target is told to add: the word after --round-trip.
Nanos round_trip_of(const TargetSpec& target) {
  for (const ServiceSpec& service : target.services) {
    const auto& command = service.command;
    const auto option = std::ranges::find(command, "--round-trip");
    if (option == command.end() || option + 1 == command.end()) continue;
    return parse_duration(*(option + 1)).value_or(Nanos{0});
  }
  return Nanos{0};
}

/// The first subject of several processes, else the target.
std::string receiver_of(const TargetSpec& target) {
  const auto subject = std::ranges::find(target.services, ServiceRole::subject, &ServiceSpec::role);
  return subject == target.services.end() ? target.name : subject->name;
}

std::string text_option(const ScenarioSpec& scenario, const char* key, const char* otherwise) {
  const auto found = scenario.options.find(key);
  return found != scenario.options.end() && found->is_string() ? found->get<std::string>()
                                                               : otherwise;
}

ExporterSettings settings_of(const RunResult& result, const Cell& cell) {
  const TargetSpec& target = result.suite.targets.at(static_cast<std::size_t>(cell.target));
  const ScenarioSpec& scenario = result.suite.scenarios.at(static_cast<std::size_t>(cell.scenario));
  ExporterSettings settings;
  settings.receiver = receiver_of(target);
  settings.round_trip = round_trip_of(target);
  settings.protocol = text_option(scenario, "protocol", "grpc");
  settings.connections = connections_of(scenario, result.suite.load);
  const auto spans = scenario.options.find("spans");
  if (spans != scenario.options.end() && spans->is_number_integer())
    settings.spans = spans->get<int>();
  settings.compression = text_option(scenario, "compression", "none");
  settings.values = text_option(scenario, "values", "dictionary");
  return settings;
}

/// A round trip keeps both ends waiting; at full speed one of them does not.
ExporterLimit limit_of(const SegmentRecord& segment) {
  const bool sender = segment.driver_busy > kMaxDriverBusy;
  const bool receiver = segment.target_busy.value_or(0) > kMaxDriverBusy;
  if (sender && receiver) return ExporterLimit::both;
  if (sender) return ExporterLimit::sender;
  return receiver ? ExporterLimit::receiver : ExporterLimit::waiting;
}

/// Told to be rejected or left without an answer, and those that the receiver does not have.
std::uint64_t lost_in(const SegmentRecord& segment) {
  const OtlpAccount& account = *segment.otlp;
  const std::uint64_t refused =
      account.spans_sent - std::min(account.spans_sent, account.spans_accepted);
  const Receipt& receipt = segment.receipt;
  const std::uint64_t vanished =
      receipt.known ? receipt.expected - std::min(receipt.expected, receipt.received) : 0;
  return std::min(refused + vanished, account.spans_sent);  // the receipt has the warm-up too
}

void add_totals(const RunResult& result, ExporterRow& row) {
  Histogram merged;
  std::map<ExporterLimit, int> limits;
  double made = 0, packed = 0, making_ns = 0, cpu_ns = 0;
  for (const SegmentRecord& segment : result.segments) {
    if (segment.spec.cell != row.cell || segment.spec.kind != SegmentKind::capacity) continue;
    ++row.measured;
    if (segment.otlp) {
      row.spans_sent += segment.otlp->spans_sent;
      row.spans_lost += lost_in(segment);
    }
    if (!segment.valid() || !segment.otlp) continue;
    ++row.valid;
    row.receiver_counts = segment.receipt.known;
    merged.merge(segment.times.response());
    ++limits[limit_of(segment)];
    made += static_cast<double>(segment.otlp->bytes_made);
    packed += static_cast<double>(segment.otlp->bytes_packed);
    making_ns += static_cast<double>(segment.otlp->making_ns);
    cpu_ns += sender_ns(segment);
  }
  if (!row.p99.value && merged.supports(0.99))
    row.p99_merged_ns = merged.quantile_interpolated(0.99);
  if (packed > 0) row.compression_ratio = made / packed;
  if (cpu_ns > 0) row.making_share = making_ns / cpu_ns;
  const auto most =
      std::ranges::max_element(limits, {}, &std::pair<const ExporterLimit, int>::second);
  if (most != limits.end()) row.limit = most->first;
}

ExporterRatio ratio_of(const Level& with, const Level& without) {
  std::vector<double> differences;
  for (const auto& [block, logarithm] : with.logarithms) {
    const auto other = without.logarithms.find(block);
    if (other != without.logarithms.end()) differences.push_back(logarithm - other->second);
  }
  ExporterRatio ratio;
  ratio.blocks = static_cast<int>(differences.size());
  if (const auto middle = hodges_lehmann(differences)) ratio.ratio = std::exp(*middle);
  if (const auto interval = signed_rank_interval(differences, kLevel)) {
    ratio.interval = Interval{.low = std::exp(interval->low),
                              .high = std::exp(interval->high),
                              .level = interval->coverage};
  }
  return ratio;
}

/// `without` and `with` are values of one setting; put() makes it so.
struct ExporterQuestion {
  std::string_view name;
  bool (*has)(const ExporterSettings& settings);
  void (*put)(ExporterSettings& settings);
};
constexpr std::array kQuestions = {
    ExporterQuestion{"gRPC / HTTP", [](const auto& s) { return s.protocol == "grpc"; },
                     [](auto& s) { s.protocol = "http/protobuf"; }},
    ExporterQuestion{"10 connections / 1", [](const auto& s) { return s.connections == 10; },
                     [](auto& s) { s.connections = 1; }},
    ExporterQuestion{"512 spans / 100", [](const auto& s) { return s.spans == 512; },
                     [](auto& s) { s.spans = 100; }},
    ExporterQuestion{"512 spans / 1", [](const auto& s) { return s.spans == 512; },
                     [](auto& s) { s.spans = 1; }},
    ExporterQuestion{"gzip / none", [](const auto& s) { return s.compression == "gzip"; },
                     [](auto& s) { s.compression = "none"; }},
    ExporterQuestion{"zstd / none", [](const auto& s) { return s.compression == "zstd"; },
                     [](auto& s) { s.compression = "none"; }},
};

}  // namespace

std::string_view name_of(ExporterLimit limit) {
  switch (limit) {
    case ExporterLimit::sender:
      return "sender";
    case ExporterLimit::receiver:
      return "receiver";
    case ExporterLimit::both:
      return "both";
    case ExporterLimit::waiting:
      return "waiting";
  }
  return "";
}

bool measures_exporters(const RunResult& result) {
  return result.suite.load.closed &&
         std::ranges::any_of(result.suite.scenarios,
                             [](const ScenarioSpec& scenario) { return scenario.kind == "otlp"; });
}

std::vector<ExporterRow> exporter_rows(const RunResult& result) {
  std::vector<ExporterRow> rows;
  for (std::size_t cell = 0; cell < result.plan.cells.size(); ++cell) {
    const Cell& where = result.plan.cells[cell];
    if (result.suite.scenarios.at(static_cast<std::size_t>(where.scenario)).kind != "otlp")
      continue;
    ExporterRow& row = rows.emplace_back();
    row.cell = static_cast<int>(cell);
    row.settings = settings_of(result, where);
    const auto level = [&](const MetricDefinition& metric) {
      return level_of(result, row.cell, 0, metric);
    };
    row.spans_per_second = level(exporter_metrics::spans_per_second);
    row.p50 = level(exporter_metrics::export_p50);
    row.p99 = level(exporter_metrics::export_p99);
    row.sender_cpu = level(exporter_metrics::sender_cpu);
    row.receiver_cpu = level(exporter_metrics::receiver_cpu);
    row.bytes_per_span = level(exporter_metrics::bytes_per_span);
    add_totals(result, row);
  }
  std::ranges::stable_sort(rows, {}, &ExporterRow::settings);
  return rows;
}

std::vector<ExporterChange> exporter_changes(const std::vector<ExporterRow>& rows) {
  std::vector<ExporterChange> changes;
  for (const ExporterQuestion& question : kQuestions) {
    for (const ExporterRow& with : rows) {
      if (!question.has(with.settings)) continue;
      ExporterSettings other = with.settings;
      question.put(other);
      const auto without = std::ranges::find(rows, other, &ExporterRow::settings);
      if (without == rows.end()) continue;
      changes.push_back({question.name, &with, &*without,
                         ratio_of(with.spans_per_second, without->spans_per_second),
                         ratio_of(with.p50, without->p50),
                         ratio_of(with.sender_cpu, without->sender_cpu),
                         ratio_of(with.receiver_cpu, without->receiver_cpu),
                         ratio_of(with.bytes_per_span, without->bytes_per_span)});
    }
  }
  return changes;
}

}  // namespace tracetax

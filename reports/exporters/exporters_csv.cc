// The numbers of table T7 as CSV: a line for each combination of settings and quantity, and for
// each answer.
// SPDX-License-Identifier: Apache-2.0
#include "reports/exporters/exporter_rows.h"
#include "reports/tables/csv_line.h"
#include "reports/words/report.h"

namespace tracetax {
namespace {

/// `change` is the question that a ratio answers; empty: a value of these settings.
std::string number_line(const RunResult& result, const ExporterSettings& settings,
                        std::string_view change, std::string_view quantity, std::string_view unit,
                        std::optional<double> value, const std::optional<Interval>& interval,
                        std::optional<int> blocks) {
  CsvLine line;
  line.text(result.run_id).text(settings.receiver);
  line.number(static_cast<double>(settings.round_trip.count()) / 1e6).text(settings.protocol);
  line.whole(settings.connections)
      .whole(settings.spans)
      .text(settings.compression)
      .text(settings.values);
  line.text(change).text(quantity).text(unit).number(value);
  line.number(interval ? std::optional(interval->low) : std::nullopt);
  line.number(interval ? std::optional(interval->high) : std::nullopt);
  line.number(interval ? std::optional(interval->level) : std::nullopt);
  return line.text(blocks ? std::to_string(*blocks) : "").end();
}

std::string write_exporters_csv(const RunResult& result, const Analysis& /*analysis*/,
                                const ReportOptions& /*options*/) {
  std::string out =
      "run_id,receiver,round_trip_ms,protocol,connections,spans,compression,values,change,quantity,"
      "unit,"
      "value,low,high,level,blocks\n";
  const std::vector<ExporterRow> rows = exporter_rows(result);
  namespace of = exporter_metrics;
  for (const ExporterRow& row : rows) {
    const auto level = [&](Metric metric, const Level& value) {
      out += number_line(result, row.settings, "", name_of(metric), unit_of(metric), value.value,
                         value.interval, value.blocks);
    };
    const auto plain = [&](std::string_view quantity, std::string_view unit,
                           std::optional<double> value) {
      out += number_line(result, row.settings, "", quantity, unit, value, {}, {});
    };
    level(of::spans_per_second, row.spans_per_second);
    level(of::export_p50, row.p50);
    level(of::export_p99, row.p99);
    plain("export_p99_merged", "ns", row.p99_merged_ns);
    level(of::sender_cpu, row.sender_cpu);
    level(of::receiver_cpu, row.receiver_cpu);
    level(of::bytes_per_span, row.bytes_per_span);
    plain("compression_ratio", "1", row.compression_ratio);
    plain("spans_sent", "1", static_cast<double>(row.spans_sent));
    plain("spans_lost", "1", static_cast<double>(row.spans_lost));
  }
  for (const ExporterChange& change : exporter_changes(rows)) {
    const auto ratio = [&](Metric metric, const ExporterRatio& value) {
      out += number_line(result, change.with->settings, change.question, name_of(metric), "ratio",
                         value.ratio, value.interval, value.blocks);
    };
    ratio(of::spans_per_second, change.spans_per_second);
    ratio(of::export_p50, change.p50);
    ratio(of::sender_cpu, change.sender_cpu);
    ratio(of::receiver_cpu, change.receiver_cpu);
    ratio(of::bytes_per_span, change.bytes_per_span);
  }
  return out;
}

}  // namespace

ReportFormat exporters_csv_format() {
  return {"exporters-csv",
          "the same as numbers, one line per combination of settings and quantity",
          {.write = write_exporters_csv}};
}

}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "reports/exporters/exporter_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "harness/core/text/effect_text.h"
#include "harness/core/text/units.h"
#include "reports/frameworks/framework_cells.h"

namespace tracetax {
namespace {

/// What all rows have in common is not said in each.
struct SettingColumns {
  bool receiver, values;
};

SettingColumns differing(const std::vector<ExporterRow>& rows) {
  const auto differs = [&rows](auto member) {
    return std::ranges::any_of(rows, [&](const ExporterRow& row) {
      return row.settings.*member != rows.front().settings.*member;
    });
  };
  return {differs(&ExporterSettings::receiver), differs(&ExporterSettings::values)};
}

std::string short_protocol(const ExporterSettings& settings) {
  return settings.protocol == "http/protobuf" ? "http" : settings.protocol;
}

std::vector<Column> setting_columns(const SettingColumns& shown) {
  std::vector<Column> columns{
      {"round trip", true}, {"protocol"}, {"conn.", true}, {"spans", true}, {"packed"}};
  if (shown.receiver) columns.insert(columns.begin(), {"receiver"});
  if (shown.values) columns.push_back({"values"});
  return columns;
}

std::vector<std::string> setting_cells(const ExporterSettings& settings,
                                       const SettingColumns& shown) {
  std::vector<std::string> cells{
      settings.round_trip == Nanos{0} ? "0" : format_duration_exact(settings.round_trip),
      short_protocol(settings), std::to_string(settings.connections),
      std::to_string(settings.spans), settings.compression == "none" ? "-" : settings.compression};
  if (shown.receiver) cells.insert(cells.begin(), settings.receiver);
  if (shown.values) cells.push_back(settings.values);
  return cells;
}

std::string level_text(const MetricDefinition& metric, const Level& value) {
  return level_cell(metric, value, Language::english);
}

/// So narrow that its digits would only hide the value: bytes hardly scatter.
bool is_exact(double value, const Interval& interval) {
  return interval.high - interval.low < 0.01 * value;
}

std::string bytes_text(const Level& value) {
  if (value.interval && is_exact(*value.value, *value.interval))
    return format_number(*value.value) + " B";
  return level_text(exporter_metrics::bytes_per_span, value);
}

/// Of valid segments that have no such quantile there were too few exports.
std::string quantile_text(const ExporterRow& row, const MetricDefinition& metric,
                          const Level& value) {
  return value.value || row.valid == 0 ? level_text(metric, value) : "too few";
}

std::string p99_text(const ExporterRow& row) {
  if (!row.p99.value && row.p99_merged_ns) return format_nanos(*row.p99_merged_ns) + " *";
  return quantile_text(row, exporter_metrics::export_p99, row.p99);
}

std::string loss_text(const ExporterRow& row) {
  if (row.spans_sent == 0) return "-";
  const auto lost = static_cast<double>(row.spans_lost), sent = static_cast<double>(row.spans_sent);
  const std::string text = row.spans_lost == 0 ? "0" : format_number(100 * lost / sent) + " %";
  return row.receiver_counts ? text : text + " (told)";
}

/// "grpc 10 x 512 gzip +20ms": all of them in one column, for a terminal.
std::string settings_text(const ExporterSettings& settings, const SettingColumns& shown) {
  std::string text =
      fmt::format("{} {} x {}", short_protocol(settings), settings.connections, settings.spans);
  if (settings.compression != "none") text += " " + settings.compression;
  if (settings.round_trip > Nanos{0}) text += " +" + format_duration_exact(settings.round_trip);
  if (shown.values) text += " " + settings.values;
  return shown.receiver ? settings.receiver + " " + text : text;
}

template <typename Cells>
Table table_of(const std::vector<ExporterRow>& rows, TableFor reader, std::vector<Column> more,
               const Cells& cells) {
  const SettingColumns shown = differing(rows);
  const bool narrow = reader == TableFor::terminal;
  Table table{narrow ? std::vector<Column>{{"connections x spans"}} : setting_columns(shown), {}};
  table.columns.insert(table.columns.end(), more.begin(), more.end());
  for (const ExporterRow& row : rows) {
    auto& line = table.rows.emplace_back(
        narrow ? std::vector<std::string>{settings_text(row.settings, shown)}
               : setting_cells(row.settings, shown));
    for (std::string& cell : cells(row)) line.push_back(std::move(cell));
  }
  return table;
}

std::string ratio_text(const ExporterRatio& ratio) {
  if (!ratio.ratio) return "-";
  if (!ratio.interval) return fmt::format("{:.3g} x ({} blocks)", *ratio.ratio, ratio.blocks);
  if (is_exact(*ratio.ratio, *ratio.interval)) return fmt::format("{:.3g} x", *ratio.ratio);
  const bool told = ratio.interval->low > 1 || ratio.interval->high < 1;
  return fmt::format("{}{}", told ? "" : "~ ", format_amount(*ratio.ratio, *ratio.interval, "x"));
}

/// All settings but the one that is asked about stand beside it.
std::string same_in_both(const ExporterSettings& with, const ExporterSettings& without,
                         const SettingColumns& shown) {
  std::vector<std::string> same;
  if (with.round_trip > Nanos{0}) same.push_back(format_duration_exact(with.round_trip));
  if (with.protocol == without.protocol) same.push_back(short_protocol(with));
  if (with.connections == without.connections)
    same.push_back(fmt::format("{} conn.", with.connections));
  if (with.spans == without.spans) same.push_back(fmt::format("{} spans", with.spans));
  if (with.compression == without.compression && with.compression != "none")
    same.push_back(with.compression);
  if (shown.values) same.push_back(with.values);
  return fmt::format("{}{}", shown.receiver ? with.receiver + ": " : "", fmt::join(same, ", "));
}

}  // namespace

Table exporter_speed_table(const std::vector<ExporterRow>& rows, TableFor reader) {
  return table_of(
      rows, reader,
      {{"spans/s", true}, {"export p50", true}, {"p99", true}, {"lost", true}, {"limit", false, 1}},
      [](const ExporterRow& row) {
        return std::vector<std::string>{
            level_text(exporter_metrics::spans_per_second, row.spans_per_second),
            quantile_text(row, exporter_metrics::export_p50, row.p50), p99_text(row),
            loss_text(row), row.limit ? std::string(name_of(*row.limit)) : "-"};
      });
}

Table exporter_cost_table(const std::vector<ExporterRow>& rows, TableFor reader) {
  return table_of(
      rows, reader,
      {{"CPU/span, sender", true},
       {"of it made", true, 2},
       {"receiver", true},
       {"bytes/span", true},
       {"ratio", true}},
      [](const ExporterRow& row) {
        return std::vector<std::string>{
            level_text(exporter_metrics::sender_cpu, row.sender_cpu),
            row.making_share ? fmt::format("{:.0f} %", 100 * *row.making_share) : "-",
            level_text(exporter_metrics::receiver_cpu, row.receiver_cpu),
            bytes_text(row.bytes_per_span),
            row.compression_ratio ? fmt::format("{:.2f}", *row.compression_ratio) : "-"};
      });
}

Table exporter_change_table(const std::vector<ExporterChange>& changes,
                            const std::vector<ExporterRow>& rows) {
  const SettingColumns shown = differing(rows);
  Table table{{{"question"},
               {"at"},
               {"spans/s", true},
               {"export p50", true, 1},
               {"CPU/span, sender", true, 3},
               {"receiver", true, 2},
               {"bytes/span", true, 4}},
              {}};
  for (const ExporterChange& change : changes) {
    table.rows.push_back({std::string(change.question),
                          same_in_both(change.with->settings, change.without->settings, shown),
                          ratio_text(change.spans_per_second), ratio_text(change.p50),
                          ratio_text(change.sender_cpu), ratio_text(change.receiver_cpu),
                          ratio_text(change.bytes_per_span)});
  }
  return table;
}

std::vector<std::string> exporter_sentences(const std::vector<ExporterChange>& changes) {
  std::vector<std::string> sentences;
  for (auto first = changes.begin(); first != changes.end();) {
    const auto end = std::find_if(first, changes.end(), [&](const ExporterChange& change) {
      return change.question != first->question;
    });
    double low = std::numeric_limits<double>::max(), high = 0;
    int pairs = 0, more = 0, fewer = 0;
    for (auto change = first; change != end; ++change) {
      const ExporterRatio& ratio = change->spans_per_second;
      if (!ratio.ratio || !ratio.interval) continue;
      ++pairs;
      low = std::min(low, *ratio.ratio);
      high = std::max(high, *ratio.ratio);
      more += ratio.interval->low > 1 ? 1 : 0;
      fewer += ratio.interval->high < 1 ? 1 : 0;
    }
    if (pairs > 0) {
      sentences.push_back(fmt::format(
          "{}: {} to {} times as many spans/s, over {} pairs of settings that differ in nothing "
          "else; more in {}, fewer in {}, not told apart in {}.",
          first->question, format_number(low), format_number(high), pairs, more, fewer,
          pairs - more - fewer));
    }
    first = end;
  }
  return sentences;
}

std::vector<std::string> exporter_legend(const RunResult& result) {
  return {
      fmt::format("Each connection sends its next export as soon as it has the answer to the one "
                  "before it, for {} in each of {} blocks. So spans/s is what these settings can "
                  "do, and p50 and p99 are those at full speed.",
                  format_duration(result.suite.design.measure), result.suite.design.blocks),
      "[low, high] is the exact signed-rank interval over blocks, 95 %. Blocks hold all settings "
      "in "
      "a fresh random order. Ratios are of the same blocks; ~ is not told from 1. "
      "Where the interval is narrower than 1 %, it is left out.",
      "*: of all exports of the run together. None of its blocks has the 1,000 exports that a p99 "
      "needs, so it has no interval. too few: not even all of them together have so many.",
      "lost: spans that were sent and not accepted, or accepted and then not counted by the "
      "receiver; (told) where the receiver does not count, and only its answers are known.",
      "limit: who was busy for more than 80 % of its CPU. waiting: neither was, so the answers' "
      "way "
      "took the time.",
      "of it made: the part of the sender's CPU that writes and compresses the bodies. bytes/span: "
      "on the sockets, with headers. ratio: bytes of the bodies for each byte sent; it depends on "
      "how much the values repeat, which \"values\" of the suite says."};
}

}  // namespace tracetax

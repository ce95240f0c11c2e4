// SPDX-License-Identifier: Apache-2.0
#include "reports/tables/result_tables.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/analysis/pairs/pairing.h"
#include "harness/core/metric_value.h"
#include "harness/core/suite/kept_processes.h"
#include "harness/core/text/units.h"
#include "reports/tables/cell_parts.h"
#include "reports/words/capacity_words.h"
#include "reports/words/ledger_words.h"
#include "reports/words/sentences.h"
#include "reports/words/target_kind.h"

namespace tracetax {
namespace {

const ArmSpec& arm_of(const RunResult& result, const ArmTotals& totals) {
  return result.suite.arms.at(static_cast<std::size_t>(totals.arm));
}

/// The column of what arms are compared with.
std::string reference_title(const Suite& suite) {
  if (suite.reference.empty()) return "off";
  return suite.reference == kPreviousArm ? "before" : suite.reference;
}

/// With what must stand beside every number of it.
std::string arm_label(const RunResult& result, const std::string& name, std::optional<int> cell) {
  const auto sham = std::any_of(
      result.suite.arms.begin(), result.suite.arms.end(),
      [&](const ArmSpec& arm) { return arm.name == name && arm.role == ArmRole::sham; });
  const std::string told =
      cell ? name_with_loss(result, *cell, name) : name_with_loss(result, name);
  return sham ? told + " (noise floor)" : told;
}

/// "n = 5, no interval": there are medians, of too few blocks.
std::string no_interval(const Comparison& comparison) {
  return comparison.blocks > 0 ? fmt::format("n = {}, no interval", comparison.blocks) : "-";
}

/// A percentile of a merged histogram, where at least ten values lie beyond it.
std::string percentile_text(const Histogram& histogram, double quantile) {
  if (!histogram.supports(quantile)) return "-";
  return format_nanos(static_cast<double>(histogram.percentile(100 * quantile)));
}

std::string delay_text(std::optional<double> milliseconds) {
  return milliseconds ? format_nanos(*milliseconds * 1e6) : "-";
}

std::string voids_text(const std::map<VoidRule, std::uint64_t>& voids) {
  std::string text;
  for (const auto& [rule, segments] : voids) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name_of(rule), segments);
  }
  return text.empty() ? "-" : text;
}

}  // namespace

Table comparison_table(const RunResult& result, const Analysis& analysis, int cell,
                       bool repeat_metric) {
  const std::string title = reference_title(result.suite);
  Table table;
  table.columns = {
      {.title = "metric"},
      {.title = "arm"},
      {.title = title, .right = true, .keep = 3},
      {.title = title == "off" ? "on" : "arm", .right = true, .keep = 2},
      {.title = "overhead", .right = true},
      {.title = "95 % interval", .right = true},
      {.title = "word"},
      {.title = keeps_processes(result.suite) ? "launches" : "blocks", .right = true, .keep = 1}};
  std::string_view last_metric;
  for (const Comparison& comparison : analysis.comparisons) {
    if (comparison.cell != cell || (!repeat_metric && comparison.metric->is_detail)) continue;
    const std::string_view metric = label_of(comparison.metric);
    const bool named = repeat_metric || metric != last_metric;
    last_metric = metric;
    const auto& interval = comparison.interval_pct;
    const bool known = comparison.estimate_pct && interval;
    const std::string arm = arm_label(result, comparison.arm, cell);
    // Of a ladder each row names its step; that the noise floor is against off goes without saying.
    const bool named_by_title = title == "off" || comparison.reference == title ||
                                (title == "before" && arm.ends_with("(noise floor)"));
    table.rows.push_back({std::string(named ? metric : ""),
                          named_by_title ? arm : arm + " over " + comparison.reference,
                          format_value(comparison.metric, comparison.off_value),
                          format_value(comparison.metric, comparison.implied_on()),
                          known ? format_percent(*comparison.estimate_pct, *interval) : "-",
                          known ? format_interval(*interval) : no_interval(comparison),
                          std::string(name_of(comparison.word)),
                          fmt::format("{}", comparison.blocks)});
  }
  return table;
}

/// "= 1,000": the plan's spans came, in every segment. Sums may agree where segments do not, and
/// foreign traces may make up for lost ones: "1,000, open".
std::string received_text(const ArmTotals& totals) {
  const std::string count = format_count(totals.received);
  if (!totals.receipt_known) return count;
  if (totals.received != totals.expected) return "!= " + count;
  return totals.receipts_open == 0 ? "= " + count : count + ", open";
}

Table receipt_table(const RunResult& result, const std::vector<ArmTotals>& all) {
  Table table;
  table.columns = {{.title = "arm"},
                   {.title = "spans expected", .right = true},
                   {.title = "received", .right = true},
                   {.title = "traces", .right = true, .keep = 3},
                   {.title = "duplicates", .right = true, .keep = 6},
                   {.title = "orphans", .right = true, .keep = 7},
                   {.title = "spans/batch", .right = true, .keep = 4},
                   {.title = "bytes/span", .right = true, .keep = 5},
                   {.title = "bytes/request", .right = true, .keep = 1},
                   {.title = "export delay p50", .right = true, .keep = 2},
                   {.title = "delay max", .right = true, .keep = 1}};
  for (const ArmTotals& totals : all) {
    const auto per = [&](std::uint64_t amount, std::uint64_t count) {
      return count == 0 ? "-"
                        : format_number(static_cast<double>(amount) / static_cast<double>(count));
    };
    table.rows.push_back({arm_of(result, totals).name,
                          totals.receipt_known ? format_count(totals.expected) : "unknown",
                          received_text(totals), format_count(totals.traces),
                          format_count(totals.duplicates), format_count(totals.orphans),
                          per(totals.received, totals.payloads),
                          totals.bytes == 0 ? "-" : per(totals.bytes, totals.received),
                          totals.bytes_per_request ? format_number(*totals.bytes_per_request) : "-",
                          delay_text(totals.delay_p50_ms), delay_text(totals.delay_max_ms)});
  }
  return table;
}

Table response_table(const RunResult& result, const std::vector<ArmTotals>& all) {
  Table table;
  table.columns = {{.title = "arm"},
                   {.title = "sampled requests", .right = true},
                   {.title = "sampled p50", .right = true},
                   {.title = "sampled p99", .right = true},
                   {.title = "unsampled requests", .right = true},
                   {.title = "unsampled p50", .right = true},
                   {.title = "unsampled p99", .right = true}};
  const auto tail = [&](const Histogram& times) {
    return measures(result.suite.design, Metric::response_p99) ? percentile_text(times, 0.99) : "-";
  };
  for (const ArmTotals& totals : all) {
    const Histogram& sampled = totals.times.response_sampled;
    const Histogram& unsampled = totals.times.response_unsampled;
    table.rows.push_back({name_with_loss(result, arm_of(result, totals).name),
                          format_count(static_cast<std::uint64_t>(sampled.count())),
                          percentile_text(sampled, 0.5), tail(sampled),
                          format_count(static_cast<std::uint64_t>(unsampled.count())),
                          percentile_text(unsampled, 0.5), tail(unsampled)});
  }
  return table;
}

std::optional<Table> sampled_table(const Analysis& analysis, int cell) {
  Table table;
  table.columns = {{.title = "arm"},
                   {.title = "response"},
                   {.title = "unsampled", .right = true},
                   {.title = "sampled", .right = true},
                   {.title = "difference", .right = true},
                   {.title = "95 % interval", .right = true},
                   {.title = "blocks", .right = true}};
  for (const SampledEffect& effect : analysis.sampled_effects) {
    if (effect.cell != cell) continue;
    table.rows.push_back({effect.arm, fmt::format("p{:.0f}", 100 * effect.quantile),
                          format_nanos(effect.unsampled_ns),
                          format_nanos(effect.unsampled_ns * (1 + effect.estimate_pct / 100)),
                          format_percent(effect.estimate_pct, effect.interval_pct),
                          format_interval(effect.interval_pct), fmt::format("{}", effect.blocks)});
  }
  if (table.rows.empty()) return std::nullopt;
  return table;
}

std::optional<Table> message_table(const RunResult& result, const std::vector<ArmTotals>& all) {
  Table table;
  table.columns = {{.title = "arm"},
                   {.title = "messages", .right = true},
                   {.title = "first p50", .right = true},
                   {.title = "first p99", .right = true},
                   {.title = "gap p50", .right = true},
                   {.title = "gap p99", .right = true},
                   {.title = "gap max", .right = true}};
  for (const ArmTotals& totals : all) {
    const std::uint64_t messages = totals.times.messages();
    if (messages == 0) continue;
    const Histogram &first = totals.times.first_message, &gap = totals.times.message_gap;
    table.rows.push_back({name_with_loss(result, arm_of(result, totals).name),
                          format_count(messages), percentile_text(first, 0.5),
                          percentile_text(first, 0.99), percentile_text(gap, 0.5),
                          percentile_text(gap, 0.99),
                          gap.empty() ? "-" : format_nanos(static_cast<double>(gap.max()))});
  }
  if (table.rows.empty()) return std::nullopt;
  return table;
}

namespace {

constexpr std::size_t kRateColumn = 4, kOffColumn = 5;

std::vector<std::string> side_by_side_row(const RunResult& result, const Analysis& analysis,
                                          int cell, Metric metric) {
  const Cell& where = result.plan.cells.at(static_cast<std::size_t>(cell));
  const bool full_speed = metric == Metric::capacity;
  std::vector<std::string> row{
      full_speed ? target_name(result, cell) + " at full speed" : cell_name(result, cell),
      std::string(target_kind(result, cell)),
      result.suite.scenarios.at(static_cast<std::size_t>(where.scenario)).kind,
      off_state(result, cell),
      "-",
      "-"};
  const auto index = static_cast<std::size_t>(cell);
  if (!full_speed && index < result.cell_rates.size() && result.cell_rates[index] > 0)
    row[kRateColumn] = format_rate(result.cell_rates[index]);
  for (std::size_t arm = 1; arm < result.suite.arms.size(); ++arm) {
    const auto found =
        std::ranges::find_if(analysis.comparisons, [&](const Comparison& comparison) {
          return comparison.cell == cell && comparison.metric == metric &&
                 comparison.arm == result.suite.arms[arm].name;
        });
    if (found == analysis.comparisons.end()) {
      row.push_back("-");
      continue;
    }
    const Comparison shown = full_speed ? in_time_per_request(*found) : *found;
    if (shown.off_value && shown.reference == result.suite.arms.front().name) {
      row[kOffColumn] = full_speed ? fmt::format("{} us", format_number(1e6 / *shown.off_value))
                                   : format_value(metric, shown.off_value);
    }
    row.push_back(shown.estimate_pct && shown.interval_pct
                      ? fmt::format("{} {}",
                                    format_percent(*shown.estimate_pct, *shown.interval_pct),
                                    format_interval(*shown.interval_pct))
                      : std::string(name_of(shown.word)));
  }
  const auto model = std::ranges::find(analysis.cost_models, cell, &CostModel::cell);
  const bool known =
      !full_speed && model != analysis.cost_models.end() && model->b_us && model->b_interval;
  row.push_back(known ? format_amount(*model->b_us, *model->b_interval, "us") : "-");
  return row;
}

}  // namespace

std::optional<Table> side_by_side_table(const RunResult& result, const Analysis& analysis) {
  if (result.plan.cells.size() < 2) return std::nullopt;
  Table table;
  std::vector<std::vector<std::string>> full_speed;
  table.columns = {{.title = "target / scenario"},
                   {.title = "kind"},
                   {.title = "protocol", .keep = 2},
                   {.title = "off is", .keep = 1},
                   {.title = "rate", .right = true, .keep = 1},
                   {.title = "off", .right = true}};
  const std::size_t arms = result.suite.arms.size();
  for (std::size_t arm = 1; arm < arms; ++arm) {
    const ArmSpec& spec = result.suite.arms[arm];
    // Where room is short, the last arm says the most.
    const int keep = spec.role == ArmRole::sham ? 1
                     : arm + 1 < arms           ? static_cast<int>(arm) + 2
                                                : 0;
    const auto reference = reference_of(result.suite, static_cast<int>(arm));
    const std::string over =
        reference && *reference > 0
            ? " over " + result.suite.arms[static_cast<std::size_t>(*reference)].name
            : "";
    table.columns.push_back(
        {.title = arm_label(result, spec.name, std::nullopt) + over, .right = true, .keep = keep});
  }
  table.columns.push_back(
      {.title = "a sampled request", .right = true, .keep = static_cast<int>(arms) + 2});
  for (int cell = 0; cell < static_cast<int>(result.plan.cells.size()); ++cell) {
    table.rows.push_back(side_by_side_row(result, analysis, cell, Metric::cpu_per_request));
    if (result.suite.load.levels.size() > 1 && result.suite.design.capacity &&
        result.plan.cells[static_cast<std::size_t>(cell)].level == 0)
      full_speed.push_back(side_by_side_row(result, analysis, cell, Metric::capacity));
  }
  table.rows.insert(table.rows.end(), full_speed.begin(), full_speed.end());
  return table;
}

// "0.8 %" of the requests; "-" where none was measured.
std::string held_up_text(const ArmTotals& totals) {
  const auto held_up = static_cast<double>(totals.times.lag_held_up.count());
  const double all = held_up + static_cast<double>(totals.times.lag.count());
  return all > 0 ? fmt::format("{:.2g} %", 100 * held_up / all) : "-";
}

Table validity_table(const RunResult& result, const std::vector<ArmTotals>& all) {
  Table table;
  table.columns = {{.title = "arm"},
                   {.title = "segments", .right = true},
                   {.title = "valid", .right = true},
                   {.title = "void", .right = true},
                   {.title = "rules broken, in segments"},
                   {.title = "driver lag p50", .right = true},
                   {.title = "lag p99", .right = true},
                   {.title = "held up by the machine", .right = true}};
  for (const ArmTotals& totals : all) {
    table.rows.push_back({arm_of(result, totals).name, format_count(totals.segments),
                          format_count(totals.valid), format_count(totals.segments - totals.valid),
                          voids_text(totals.voids), percentile_text(totals.times.lag, 0.5),
                          percentile_text(totals.times.lag, 0.99), held_up_text(totals)});
  }
  return table;
}

}  // namespace tracetax

// The numbers of the framework tables as CSV: one line per target, arm and quantity, so that a
// reader need not take cells apart. Ranks are not in it: they follow from the intervals.
// SPDX-License-Identifier: Apache-2.0
#include "reports/frameworks/framework_rows.h"
#include "reports/tables/cell_parts.h"
#include "reports/tables/csv_line.h"
#include "reports/words/report.h"

namespace tracetax {
namespace {

struct Number {
  std::string_view arm, quantity, unit;
  std::optional<double> value;
  std::optional<Interval> interval;
  std::optional<int> blocks;
  std::string_view word;  // of a change
};

std::string line_of(const RunResult& result, const FrameworkRow& row, const Number& number) {
  const auto& interval = number.interval;
  CsvLine line;
  line.text(result.run_id)
      .text(target_name(result, row.cell))
      .text(scenario_name(result, row.cell));
  line.text(row.kind).text(row.protocol).text(row.base).text(number.arm).text(number.quantity);
  line.text(number.unit).number(number.value);
  line.number(interval ? std::optional(interval->low) : std::nullopt);
  line.number(interval ? std::optional(interval->high) : std::nullopt);
  line.number(interval ? std::optional(interval->level) : std::nullopt);
  line.text(number.blocks ? std::to_string(*number.blocks) : "").text(number.word);
  return line.end();
}

std::vector<Number> numbers_of(const RunResult& result, const FrameworkRow& row) {
  std::vector<Number> numbers;
  const auto add_levels = [&](std::string_view arm, const std::map<Metric, Level>& levels) {
    for (const auto& [metric, level] : levels) {
      numbers.push_back(
          {arm, name_of(metric), unit_of(metric), level.value, level.interval, level.blocks, ""});
    }
  };
  const std::vector<ArmSpec>& arms = result.suite.arms;
  add_levels(arms.front().name, row.off);
  for (const ArmRow& traced : row.traced) {
    const std::string_view arm = arms.at(static_cast<std::size_t>(traced.arm)).name;
    add_levels(arm, traced.levels);
    for (const auto& [metric, change] : traced.changes) {
      if (change == nullptr) continue;
      numbers.push_back({arm, name_of(metric), "change_pct", change->estimate_pct,
                         change->interval_pct, change->blocks, name_of(change->word)});
    }
  }
  if (!row.traced.empty()) {
    const std::string_view arm = arms.at(static_cast<std::size_t>(row.traced.front().arm)).name;
    const RowSpans& spans = row.spans;
    numbers.push_back({arm, "spans_per_request", "1", spans.per_request, {}, {}, ""});
    numbers.push_back({arm, "attributes_per_span", "1", spans.attributes, {}, {}, ""});
    numbers.push_back({arm, "events_per_span", "1", spans.events, {}, {}, ""});
    numbers.push_back({arm, "bytes_per_span", "bytes", spans.bytes, {}, {}, ""});
  }
  const std::optional<int>& header = row.spans.propagation_bytes;
  numbers.push_back({"",
                     "propagation_bytes_computed",
                     "bytes",
                     header ? std::optional<double>(*header) : std::nullopt,
                     {},
                     {},
                     ""});
  if (row.cost != nullptr) {
    const CostModel& cost = *row.cost;
    numbers.push_back({"", "a", "us", cost.a_us, cost.a_interval, cost.blocks, ""});
    numbers.push_back({"", "b", "us", cost.b_us, cost.b_interval, cost.blocks, ""});
    numbers.push_back({"", "r2", "1", cost.r2, {}, {}, ""});
  }
  return numbers;
}

std::string write_frameworks_csv(const RunResult& result, const Analysis& analysis,
                                 const ReportOptions& options) {
  std::string out =
      "run_id,target,scenario,kind,protocol,base,arm,quantity,unit,value,low,high,level,blocks,"
      "word\n";
  for (const FrameworkRow& row : framework_rows(result, analysis, options.describe)) {
    for (const Number& number : numbers_of(result, row)) out += line_of(result, row, number);
  }
  return out;
}

}  // namespace

ReportFormat frameworks_csv_format() {
  return {"frameworks-csv",
          "the same as numbers, one line per target, arm and quantity",
          {.write = write_frameworks_csv}};
}

}  // namespace tracetax

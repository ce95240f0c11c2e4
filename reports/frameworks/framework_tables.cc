// SPDX-License-Identifier: Apache-2.0
#include "reports/frameworks/framework_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "reports/frameworks/framework_cells.h"
#include "reports/tables/cell_parts.h"
#include "reports/words/held_words.h"

namespace tracetax {
namespace {

/// A column: its head, and what it says of a row.
struct FrameworkColumn {
  Column head;
  std::function<std::string(const RankedRow&)> cell;
};

template <typename Cell>
FrameworkColumn text(std::string_view title, Cell cell, bool right = false) {
  return {{.title = std::string(title), .right = right},
          [cell](const RankedRow& ranked) { return cell(ranked.row); }};
}

template <typename Cell>
FrameworkColumn number(std::string_view title, Cell cell) {
  return text(title, cell, true);
}

FrameworkColumn rank_column(std::string_view title, Language language) {
  return {{.title = std::string(title), .right = true},
          [language](const RankedRow& ranked) { return rank_cell(ranked.rank, language); }};
}

/// The head says of what kind the rows are, so that no row can be quoted without it.
FrameworkColumn name_column(const std::vector<RankedRow>& rows, Language language) {
  const bool emulated = !rows.empty() && rows.front().row.emulated;
  const auto name = [language](const FrameworkRow& row) {
    if (row.kind == name_of(TargetKind::attached))
      return row.name + std::string(pick(language, " (own, attached)", "（自有，已运行）"));
    if (row.kind == name_of(TargetKind::command))
      return row.name + std::string(pick(language, " (own)", "（自有）"));
    return row.name;
  };
  return text(emulated ? pick(language, "emulated framework", "框架 (emulated 模拟)")
                       : pick(language, "real framework", "框架 (real 真实)"),
              name);
}

Table table_of(const std::vector<RankedRow>& rows, const std::vector<FrameworkColumn>& columns) {
  Table table;
  for (const FrameworkColumn& column : columns) table.columns.push_back(column.head);
  for (const RankedRow& row : rows) {
    std::vector<std::string>& cells = table.rows.emplace_back();
    for (const FrameworkColumn& column : columns) cells.push_back(column.cell(row));
  }
  return table;
}

/// Of emulations how far they are from the real ones stands last.
Table table_beside_real(const std::vector<RankedRow>& rows, std::vector<FrameworkColumn> columns,
                        Language language) {
  if (!rows.empty() && rows.front().row.emulated) {
    columns.push_back(number(pick(language, "CPU, real / emulated", "CPU 真实 / 模拟"),
                             [language](const FrameworkRow& row) {
                               return row.held ? held_ratio(*row.held, language) : std::string();
                             }));
  }
  return table_of(rows, columns);
}

std::vector<RankedRow> unranked(const FrameworkRows& rows) {
  std::vector<RankedRow> all;
  for (const FrameworkRow& row : rows) all.push_back({row, {}});
  return all;
}

/// "on@100%", where all rows have the same; else in words.
std::string most_sampled_arm(const RunResult& result, const FrameworkRows& rows,
                             Language language) {
  std::optional<int> arm;
  for (const FrameworkRow& row : rows) {
    const ArmRow* traced = most_sampled(row);
    if (traced != nullptr && (!arm || *arm == traced->arm)) {
      arm = traced->arm;
    } else if (traced != nullptr) {
      return std::string(pick(language, "most sampled", "最高采样率"));
    }
  }
  return arm ? result.suite.arms.at(static_cast<std::size_t>(*arm)).name
             : std::string(pick(language, "traced", "追踪"));
}

auto level_of(Metric metric, Language language) {
  return [metric, language](const FrameworkRow& row) {
    return level_cell(metric, row.off.at(metric), language);
  };
}

template <typename Cell>
auto only_value(Cell cell) {
  return [cell](const FrameworkRow& row) { return value_in(cell(row)); };
}
template <typename Cell>
auto only_interval(Cell cell) {
  return [cell](const FrameworkRow& row) { return interval_in(cell(row)); };
}

auto middle_of(Metric metric, Language language) { return only_value(level_of(metric, language)); }

auto change_of(Metric metric, std::optional<int> arm, Language language) {
  return [metric, arm, language](const FrameworkRow& row) {
    return change_cell(change_in(arm ? traced_in(row, *arm) : most_sampled(row), metric), language);
  };
}

using OfModel = std::optional<double> CostModel::*;
using IntervalOfModel = std::optional<Interval> CostModel::*;

/// a or b. It takes two sampling rates.
auto amount_of(OfModel amount, IntervalOfModel interval, Language language) {
  return [=](const FrameworkRow& row) {
    if (row.cost == nullptr || row.traced.size() < 2) return why_no_number(0, 0, language);
    const CostModel& cost = *row.cost;
    if (cost.*amount && cost.*interval) return amount_cell(*(cost.*amount), *(cost.*interval));
    return why_no_number(cost.blocks, row.off.at(Metric::cpu_per_request).measured, language);
  };
}

std::string propagation_cell(const FrameworkRow& row, Language language) {
  const std::optional<int>& bytes = row.spans.propagation_bytes;
  if (!bytes) return number_cell({}, language);
  return *bytes == 0 ? std::string(pick(language, "none sent", "不发送"))
                     : fmt::format("{}", *bytes);
}

/// "gin" of "github.com/gin-gonic/gin", "echo" of "github.com/labstack/echo/v4".
std::string short_module_name(std::string_view module) {
  const auto slash = module.rfind('/');
  const std::string_view last = module.substr(slash == module.npos ? 0 : slash + 1);
  const bool is_major = slash != module.npos && last.size() > 1 && last.front() == 'v' &&
                        last.find_first_not_of("0123456789", 1) == last.npos;
  return is_major ? short_module_name(module.substr(0, slash)) : std::string(last);
}

std::string segments_cell(const RunResult& result, int cell) {
  const auto planned = std::ranges::count(result.plan.segments, cell, &SegmentSpec::cell);
  const auto valid = std::ranges::count_if(result.segments, [cell](const SegmentRecord& segment) {
    return segment.spec.cell == cell && segment.valid();
  });
  return fmt::format("{} / {}", valid, planned);
}

std::string program_cell(const RunResult& result, const FrameworkRow& row, Language language) {
  const auto subject =
      std::ranges::find(result.subjects, target_name(result, row.cell), &SubjectFacts::name);
  if (subject == result.subjects.end() || subject->binary_sha256.empty())
    return number_cell({}, language);
  std::string program = "sha256 " + subject->binary_sha256.substr(0, 12);
  for (const auto& [module, version] : subject->versions)
    program += fmt::format(", {} {}", short_module_name(module), version);
  return program;
}

}  // namespace

Table cost_table(const RunResult& result, const FrameworkRows& rows, Language language) {
  const auto all = ranked(rows, by_change(Metric::cpu_per_request, {}, false));
  const std::string arm = most_sampled_arm(result, rows, language);
  const auto change = change_of(Metric::cpu_per_request, {}, language);
  const auto a = amount_of(&CostModel::a_us, &CostModel::a_interval, language);
  const auto b = amount_of(&CostModel::b_us, &CostModel::b_interval, language);
  return table_beside_real(
      all,
      {rank_column(pick(language, "rank", "名次"), language), name_column(all, language),
       number(pick(language, "CPU untraced", "CPU 无追踪"),
              middle_of(Metric::cpu_per_request, language)),
       number(pick(language, "a: added to every request", "a：每个请求增加"), only_value(a)),
       number(pick(language, "b: more for a sampled one", "b：被采样者再加"), only_value(b)),
       number(say(language, "tracing overhead, {}", "追踪开销，{}", arm), only_value(change)),
       number(pick(language, "95 % interval", "95 % 区间"), only_interval(change))},
      language);
}

Table speed_table(const FrameworkRows& rows, Language language) {
  const auto all = ranked(rows, by_level(Metric::capacity, true));
  const auto qps = level_of(Metric::capacity, language);
  return table_beside_real(
      all,
      {rank_column(pick(language, "rank", "名次"), language), name_column(all, language),
       number("QPS", only_value(qps)),
       number(pick(language, "95 % interval", "95 % 区间"), only_interval(qps)),
       number(pick(language, "P50", "P50延迟"), middle_of(Metric::response_p50, language)),
       number(pick(language, "P99", "P99延迟"), middle_of(Metric::response_p99, language)),
       number("CPU", middle_of(Metric::cpu_per_request, language)),
       number(pick(language, "memory", "内存"), middle_of(Metric::rss_peak, language))},
      language);
}

Table capacity_table(const RunResult& result, const FrameworkRows& rows, Language language) {
  const auto all = ranked(rows, by_change(Metric::capacity, {}, true));
  std::vector<FrameworkColumn> columns{
      rank_column(pick(language, "rank", "名次"), language), name_column(all, language),
      number(pick(language, "QPS untraced", "QPS 无追踪"), middle_of(Metric::capacity, language))};
  for (const int arm : traced_arms(rows)) {
    columns.push_back(number(result.suite.arms.at(static_cast<std::size_t>(arm)).name,
                             change_of(Metric::capacity, arm, language)));
  }
  return table_beside_real(all, std::move(columns), language);
}

Table tail_table(const RunResult& result, const FrameworkRows& rows, Language language) {
  const auto all = unranked(rows);
  const std::string arm = most_sampled_arm(result, rows, language);
  std::vector<FrameworkColumn> columns{name_column(all, language)};
  for (const Metric metric : {Metric::response_p99, Metric::rss_peak}) {
    const std::string_view name = metric == Metric::response_p99 ? pick(language, "P99", "P99")
                                                                 : pick(language, "memory", "内存");
    columns.push_back(
        number(say(language, "{} untraced", "{} 无追踪", name), middle_of(metric, language)));
    columns.push_back(number(fmt::format("{} {}", name, arm), [=](const FrameworkRow& row) {
      const ArmRow* on = most_sampled(row);
      return value_in(
          level_cell(metric, on == nullptr ? Level{} : on->levels.at(metric), language));
    }));
    columns.push_back(number(pick(language, "change", "变化"), change_of(metric, {}, language)));
  }
  return table_of(all, columns);
}

Table span_table(const FrameworkRows& rows, Language language) {
  const auto known = [language](std::optional<double> RowSpans::*fact) {
    return [=](const FrameworkRow& row) { return number_cell(row.spans.*fact, language); };
  };
  const auto all = ranked(rows, {[](const FrameworkRow& row) { return row.spans.bytes; },
                                 [](const FrameworkRow&) { return BlockValues{}; }});
  return table_of(
      all, {name_column(all, language),
            number(pick(language, "spans/request", "span/请求"), known(&RowSpans::per_request)),
            number(pick(language, "attributes", "属性"), known(&RowSpans::attributes)),
            number(pick(language, "events", "事件"), known(&RowSpans::events)),
            number(pick(language, "bytes/span", "字节/span"), known(&RowSpans::bytes)),
            number(pick(language, "header bytes (computed)", "传播头字节 (计算值)"),
                   [language](const FrameworkRow& row) { return propagation_cell(row, language); }),
            number(pick(language, "switches untraced", "切换 无追踪"),
                   [language](const FrameworkRow& row) {
                     return number_cell(row.switches_off, language);
                   }),
            number(pick(language, "traced", "有追踪"), [language](const FrameworkRow& row) {
              return number_cell(row.switches_traced, language);
            })});
}

Table spans_by_arm_table(const RunResult& result, const FrameworkRows& rows, Language language) {
  const auto all = unranked(rows);
  std::vector<FrameworkColumn> columns{
      name_column(all, language),
      text(pick(language, "sampled by", "采样决定者"), [language](const FrameworkRow& row) {
        return std::string(row.sampling == Sampling::caller
                               ? pick(language, "caller's flag", "调用方标志")
                               : pick(language, "target, no header", "目标，无头"));
      })};
  for (const int arm : traced_arms(rows)) {
    columns.push_back(number(result.suite.arms.at(static_cast<std::size_t>(arm)).name,
                             [arm, language](const FrameworkRow& row) {
                               const ArmRow* on = traced_in(row, arm);
                               if (on == nullptr || !on->spans_expected)
                                 return number_cell({}, language);
                               return number_cell(on->spans_expected, language) + " / " +
                                      number_cell(on->spans_received, language);
                             }));
  }
  return table_of(all, columns);
}

Table line_table(const FrameworkRows& rows, Language language) {
  const auto all = ranked(rows, by_b());
  return table_beside_real(
      all,
      {name_column(all, language),
       number(pick(language, "offered rate", "请求速率"),
              [language](const FrameworkRow& row) { return rate_cell(row.rate, language); }),
       number(pick(language, "CPU untraced", "CPU 无追踪"),
              level_of(Metric::cpu_per_request, language)),
       number(pick(language, "a: added to every request", "a：每个请求增加"),
              amount_of(&CostModel::a_us, &CostModel::a_interval, language)),
       number(pick(language, "b: more for a sampled one", "b：被采样者再加"),
              amount_of(&CostModel::b_us, &CostModel::b_interval, language)),
       rank_column(pick(language, "rank by b", "b 名次"), language)},
      language);
}

Table subject_table(const RunResult& result, const FrameworkRows& rows, Language language) {
  const auto all = unranked(rows);
  return table_of(
      all,
      {name_column(all, language),
       text(pick(language, "protocol", "协议"),
            [](const FrameworkRow& row) { return row.protocol; }),
       text(pick(language, "off is", "off 即"), [](const FrameworkRow& row) { return row.base; }),
       number(pick(language, "offered rate", "请求速率"),
              [language](const FrameworkRow& row) { return rate_cell(row.rate, language); }),
       number(pick(language, "valid segments", "有效段"),
              [&result](const FrameworkRow& row) { return segments_cell(result, row.cell); }),
       text(pick(language, "program", "程序"), [&result, language](const FrameworkRow& row) {
         return program_cell(result, row, language);
       })});
}

Table short_cost_table(const RunResult& result, const FrameworkRows& rows) {
  Table table = cost_table(result, rows, Language::english);
  const std::vector<std::string> titles{
      "rank", rows.front().emulated ? "emulated" : "real",       "CPU off",  "a",
      "b",    most_sampled_arm(result, rows, Language::english), "interval", "real/emul."};
  for (std::size_t i = 0; i < table.columns.size(); ++i) table.columns[i].title = titles[i];
  table.columns[2].keep = 1;
  for (auto& row : table.rows) {
    for (std::string& cell : row) {
      if (cell.ends_with(')') && cell.find(" of ") != cell.npos)
        cell = cell.substr(cell.rfind('(') + 1, cell.size() - cell.rfind('(') - 2);
    }
    row.back() = row.size() > 7 ? value_in(row.back()) : row.back();
  }
  return table;
}

}  // namespace tracetax

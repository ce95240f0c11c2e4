// SPDX-License-Identifier: Apache-2.0
#include "reports/frameworks/framework_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>

#include "harness/analysis/rank_range.h"
#include "harness/core/text/units.h"
#include "reports/frameworks/framework_cells.h"
#include "reports/tables/cell_parts.h"
#include "reports/words/held_words.h"

namespace tracetax {
namespace {

using Value = std::function<std::optional<double>(const FrameworkRow&)>;
using ByBlock = std::function<BlockValues(const FrameworkRow&)>;
using Ranks = std::vector<std::optional<RankRange>>;

/// Smallest first (largest if `falling`); what has no value stands last, in its old order.
FrameworkRows sorted(FrameworkRows rows, const Value& value, bool falling = false) {
  std::ranges::stable_sort(rows, [&](const FrameworkRow& left, const FrameworkRow& right) {
    const std::optional<double> one = value(left), other = value(right);
    if (!one || !other) return one.has_value() && !other.has_value();
    return falling ? *one > *other : *one < *other;
  });
  return rows;
}

Ranks ranks_of(const FrameworkRows& rows, const ByBlock& values, bool higher_is_better) {
  std::vector<BlockValues> all;
  for (const FrameworkRow& row : rows) all.push_back(values(row));
  return rank_ranges(all, higher_is_better);
}

const Level& off_level(const FrameworkRow& row, Metric metric) { return row.off.at(metric); }

std::optional<double> change_pct(const Comparison* change) {
  return change == nullptr ? std::nullopt : change->estimate_pct;
}

BlockValues change_by_block(const Comparison* change) {
  BlockValues values;
  if (change == nullptr) return values;
  for (std::size_t i = 0; i < change->log_ratios.size(); ++i)
    values.emplace(change->paired_blocks.at(i), change->log_ratios[i]);
  return values;
}

const Comparison* change_in(const ArmRow* traced, Metric metric) {
  return traced == nullptr ? nullptr : traced->changes.at(metric);
}

const ArmRow* most_sampled(const FrameworkRow& row) {
  return row.traced.empty() ? nullptr : &row.traced.front();
}

/// "on@100%", where all rows have the same; else empty.
std::string arm_in_head(const RunResult& result, const FrameworkRows& rows) {
  std::optional<int> arm;
  for (const FrameworkRow& row : rows) {
    const ArmRow* traced = most_sampled(row);
    if (traced == nullptr || (arm && *arm != traced->arm)) return "";
    arm = traced->arm;
  }
  return arm ? " (" + result.suite.arms.at(static_cast<std::size_t>(*arm)).name + ")" : "";
}

std::string kind_word(const FrameworkRow& row, Language language) {
  if (row.held) {
    return std::string(pick(language, "emulated; ", "emulated (模拟)；")) +
           held_words_briefly(*row.held, language);
  }
  if (row.kind == name_of(TargetKind::attached))
    return std::string(pick(language, "own, attached", "自有 (已运行)"));
  if (row.kind == name_of(TargetKind::command)) return std::string(pick(language, "own", "自有"));
  return std::string(pick(language, "real", "real (真实)"));
}

Column text(Language language, std::string_view english, std::string_view chinese) {
  return {.title = std::string(pick(language, english, chinese))};
}

Column number(Language language, std::string_view english, std::string_view chinese) {
  return {.title = std::string(pick(language, english, chinese)), .right = true};
}

std::string propagation_cell(const FrameworkRow& row, Language language) {
  const std::optional<int>& bytes = row.spans.propagation_bytes;
  if (!bytes) return std::string(kNotMeasured);
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

}  // namespace

const ArmRow* traced_in(const FrameworkRow& row, int arm) {
  const auto found = std::ranges::find(row.traced, arm, &ArmRow::arm);
  return found == row.traced.end() ? nullptr : &*found;
}

std::vector<FrameworkRows> by_kind(const FrameworkRows& rows) {
  std::vector<FrameworkRows> groups;
  for (const bool emulated : {false, true}) {
    FrameworkRows group;
    std::ranges::copy_if(rows, std::back_inserter(group),
                         [&](const FrameworkRow& row) { return row.emulated == emulated; });
    if (!group.empty()) groups.push_back(std::move(group));
  }
  return groups;
}

Table framework_table(const RunResult& result, const FrameworkRows& all, Language language) {
  Table table;
  table.columns = {text(language, "framework", "框架"),
                   text(language, "kind", "类别"),
                   text(language, "base", "基线"),
                   number(language, "QPS rank", "QPS名次"),
                   number(language, "QPS", "QPS"),
                   number(language, "P50", "P50延迟"),
                   number(language, "P99", "P99延迟"),
                   number(language, "CPU", "CPU"),
                   number(language, "memory", "内存"),
                   number(language, "OTLP overhead", "OTLP开销"),
                   number(language, "overhead rank", "开销名次")};
  table.columns[9].title += arm_in_head(result, all);
  for (const FrameworkRows& group : by_kind(all)) {
    const FrameworkRows rows = sorted(
        group, [](const FrameworkRow& row) { return off_level(row, Metric::capacity).value; },
        true);
    const Ranks fastest = ranks_of(
        rows, [](const FrameworkRow& row) { return off_level(row, Metric::capacity).logarithms; },
        true);
    const auto overhead = [](const FrameworkRow& row) {
      return change_in(most_sampled(row), Metric::cpu_per_request);
    };
    const Ranks cheapest = ranks_of(
        rows, [&](const FrameworkRow& row) { return change_by_block(overhead(row)); }, false);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const FrameworkRow& row = rows[i];
      std::vector<std::string> cells{row.name, kind_word(row, language), row.base,
                                     rank_cell(fastest[i])};
      for (const Metric metric : {Metric::capacity, Metric::response_p50, Metric::response_p99,
                                  Metric::cpu_per_request, Metric::rss_peak}) {
        cells.push_back(level_cell(metric, off_level(row, metric), language));
      }
      cells.push_back(change_cell(overhead(row), language));
      cells.push_back(rank_cell(cheapest[i]));
      table.rows.push_back(std::move(cells));
    }
  }
  return table;
}

Table impact_table(const RunResult& result, const FrameworkRows& all, int arm, Language language) {
  const std::string& name = result.suite.arms.at(static_cast<std::size_t>(arm)).name;
  const std::string traced = std::string(pick(language, "QPS traced ", "QPS 追踪 ")) + name;
  Table table;
  table.columns = {text(language, "framework", "框架"),
                   text(language, "kind", "类别"),
                   text(language, "base", "基线"),
                   number(language, "rank", "名次"),
                   number(language, "QPS untraced", "QPS 无追踪"),
                   number(language, traced, traced),
                   number(language, "change", "Δ QPS"),
                   number(language, "P99 before", "P99 前"),
                   number(language, "P99 after", "P99 后"),
                   number(language, "change", "Δ P99"),
                   number(language, "memory before", "内存 前"),
                   number(language, "memory after", "内存 后"),
                   number(language, "change", "Δ 内存")};
  for (const FrameworkRows& group : by_kind(all)) {
    const auto qps = [&](const FrameworkRow& row) {
      return change_in(traced_in(row, arm), Metric::capacity);
    };
    const FrameworkRows rows = sorted(
        group, [&](const FrameworkRow& row) { return change_pct(qps(row)); }, true);
    const Ranks ranks = ranks_of(
        rows, [&](const FrameworkRow& row) { return change_by_block(qps(row)); }, true);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const FrameworkRow& row = rows[i];
      const ArmRow* on = traced_in(row, arm);
      std::vector<std::string> cells{row.name, kind_word(row, language), row.base,
                                     rank_cell(ranks[i])};
      for (const Metric metric : {Metric::capacity, Metric::response_p99, Metric::rss_peak}) {
        cells.push_back(level_cell(metric, off_level(row, metric), language));
        cells.push_back(
            level_cell(metric, on == nullptr ? Level{} : on->levels.at(metric), language));
        cells.push_back(change_cell(change_in(on, metric), language));
      }
      table.rows.push_back(std::move(cells));
    }
  }
  return table;
}

Table span_table(const FrameworkRows& all, Language language) {
  Table table;
  table.columns = {text(language, "framework", "框架"),
                   text(language, "kind", "类别"),
                   number(language, "spans/request", "span/请求"),
                   number(language, "attributes", "属性"),
                   number(language, "events", "事件"),
                   number(language, "bytes/span", "字节/span"),
                   number(language, "header bytes/request (computed)", "传播头字节/请求 (计算值)"),
                   number(language, "switches/request off", "切换/请求 无追踪"),
                   number(language, "traced", "有追踪")};
  for (const FrameworkRows& group : by_kind(all)) {
    for (const FrameworkRow& row :
         sorted(group, [](const FrameworkRow& r) { return r.spans.bytes; })) {
      table.rows.push_back({row.name, kind_word(row, language), number_cell(row.spans.per_request),
                            number_cell(row.spans.attributes), number_cell(row.spans.events),
                            number_cell(row.spans.bytes), propagation_cell(row, language),
                            number_cell(row.switches_off), number_cell(row.switches_traced)});
    }
  }
  return table;
}

Table spans_by_arm_table(const RunResult& result, const FrameworkRows& all, Language language) {
  Table table;
  table.columns = {text(language, "framework", "框架"), text(language, "kind", "类别"),
                   text(language, "sampled by", "采样决定者")};
  std::vector<int> arms;
  for (const FrameworkRow& row : all) {
    for (const ArmRow& traced : row.traced) {
      if (std::ranges::find(arms, traced.arm) == arms.end()) arms.push_back(traced.arm);
    }
  }
  for (const int arm : arms) {
    const std::string& name = result.suite.arms.at(static_cast<std::size_t>(arm)).name;
    table.columns.push_back({.title = name, .right = true});
  }
  for (const FrameworkRows& group : by_kind(all)) {
    for (const FrameworkRow& row : group) {
      const bool caller = row.sampling == Sampling::caller;
      std::vector<std::string> cells{
          row.name, kind_word(row, language),
          std::string(caller ? pick(language, "caller's flag", "调用方标志")
                             : pick(language, "target, no header", "目标，无头"))};
      for (const int arm : arms) {
        const ArmRow* on = traced_in(row, arm);
        cells.push_back(on == nullptr || !on->spans_expected
                            ? std::string(kNotMeasured)
                            : number_cell(on->spans_expected) + " / " +
                                  number_cell(on->spans_received));
      }
      table.rows.push_back(std::move(cells));
    }
  }
  return table;
}

Table cost_table(const FrameworkRows& all, Language language) {
  Table table;
  table.columns = {text(language, "framework", "框架"),
                   text(language, "kind", "类别"),
                   text(language, "base", "基线"),
                   number(language, "offered rate", "请求速率"),
                   number(language, "rank by b", "b 名次"),
                   number(language, "CPU off", "CPU 无追踪"),
                   number(language, "a, every request", "a 每请求"),
                   number(language, "b, a sampled request", "b 每采样请求"),
                   {.title = "R²", .right = true}};
  const auto b = [](const FrameworkRow& row) {
    return row.cost == nullptr ? std::nullopt : row.cost->b_us;
  };
  for (const FrameworkRows& group : by_kind(all)) {
    const FrameworkRows rows = sorted(group, b);
    const Ranks ranks = ranks_of(
        rows,
        [](const FrameworkRow& row) {
          return row.cost == nullptr ? BlockValues{} : row.cost->b_by_block;
        },
        false);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const FrameworkRow& row = rows[i];
      const CostModel none;
      const CostModel& cost = row.cost == nullptr ? none : *row.cost;
      table.rows.push_back(
          {row.name, kind_word(row, language), row.base,
           row.rate > 0 ? format_rate(row.rate) : std::string(kNotMeasured), rank_cell(ranks[i]),
           level_cell(Metric::cpu_per_request, off_level(row, Metric::cpu_per_request), language),
           amount_cell(cost.a_us, cost.a_interval), amount_cell(cost.b_us, cost.b_interval),
           cost.r2 ? fmt::format("{:.3f}", *cost.r2) : std::string(kNotMeasured)});
    }
  }
  return table;
}

Table subject_table(const RunResult& result, const FrameworkRows& rows, Language language) {
  Table table;
  table.columns = {text(language, "framework", "框架"),
                   text(language, "kind", "类别"),
                   text(language, "protocol", "协议"),
                   text(language, "base: off is", "基线状态"),
                   number(language, "offered rate", "请求速率"),
                   number(language, "valid segments", "有效段"),
                   text(language, "program", "程序")};
  for (const FrameworkRow& row : rows) {
    std::size_t planned = 0, valid = 0;
    for (const SegmentSpec& spec : result.plan.segments) {
      if (spec.cell == row.cell) ++planned;
    }
    for (const SegmentRecord& segment : result.segments) {
      if (segment.spec.cell == row.cell && segment.valid()) ++valid;
    }
    std::string program(kNotMeasured);
    const auto subject =
        std::ranges::find(result.subjects, target_name(result, row.cell), &SubjectFacts::name);
    if (subject != result.subjects.end() && !subject->binary_sha256.empty()) {
      program = "sha256 " + subject->binary_sha256.substr(0, 12);
      for (const auto& [module, version] : subject->versions)
        program += fmt::format(", {} {}", short_module_name(module), version);
    }
    table.rows.push_back({row.name, kind_word(row, language), row.protocol, row.base,
                          row.rate > 0 ? format_rate(row.rate) : std::string(kNotMeasured),
                          fmt::format("{} / {}", valid, planned), program});
  }
  return table;
}

}  // namespace tracetax

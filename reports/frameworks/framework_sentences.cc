// SPDX-License-Identifier: Apache-2.0
#include "reports/frameworks/framework_sentences.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "harness/stats/kendall.h"
#include "harness/stats/sample.h"
#include "reports/frameworks/framework_cells.h"
#include "reports/words/sentences.h"

namespace tracetax {
namespace {

constexpr double kExplains = 0.7, kInPart = 0.4;  // of tau
constexpr double kByChance = 0.05;                // of p
constexpr std::size_t kFewestToExplain = 3;

/// Something measured of each framework, and what it is called within a sentence.
struct Quantity {
  std::string_view name;
  std::function<std::optional<double>(const FrameworkRow&)> of;
};

/// `sign`: -1 if more of the cause should mean less of the effect. Empty where too few are known.
std::string explain(const FrameworkRows& rows, const Quantity& cause, const Quantity& effect,
                    int sign, Language language) {
  std::vector<double> causes, effects;
  for (const FrameworkRow& row : rows) {
    const std::optional<double> x = cause.of(row), y = effect.of(row);
    if (!x || !y) continue;
    causes.push_back(*x);
    effects.push_back(*y);
  }
  const std::optional<Kendall> kendall = kendall_tau(causes, effects);
  if (!kendall) return "";
  const std::string p = kendall->p < 0.001 ? "p < 0.001" : fmt::format("p = {:.3f}", kendall->p);
  const std::string why = say(language, "Kendall's tau {:.2f}, {}, {} frameworks",
                              "Kendall τ = {:.2f}，{}，{} 个框架", kendall->tau, p, causes.size());
  const double strength = kendall->tau * sign;
  if (strength < kInPart) {
    return say(language, "{} does not explain the order by {} ({}).", "{}不能解释{}的名次（{}）。",
               cause.name, effect.name, why);
  }
  if (kendall->p > kByChance) {
    return say(language,
               "{} and {} go together, but with so few frameworks that may be chance ({}).",
               "{}与{}的排序相近，但框架太少，可能是偶然（{}）。", cause.name, effect.name, why);
  }
  if (strength < kExplains) {
    return say(language, "{} explains a part of the order by {} ({}).",
               "{}可部分解释{}的名次（{}）。", cause.name, effect.name, why);
  }
  return say(language, "{} explains the order by {} ({}).", "{}可解释{}的名次（{}）。", cause.name,
             effect.name, why);
}

/// A cause, what it may explain, and the sign of that.
struct OrderQuestion {
  Quantity cause, effect;
  int sign;
};

/// One sentence if there is no answer at all; none where there is no order to speak of.
std::vector<std::string> answers(const FrameworkRows& rows,
                                 const std::vector<OrderQuestion>& questions, Language language) {
  std::vector<std::string> sentences;
  if (rows.size() < kFewestToExplain) return sentences;
  for (const OrderQuestion& question : questions) {
    std::string sentence = explain(rows, question.cause, question.effect, question.sign, language);
    if (!sentence.empty()) sentences.push_back(std::move(sentence));
  }
  if (sentences.empty()) {
    sentences.emplace_back(
        pick(language,
             "What explains this order cannot be said: that takes three frameworks with a value.",
             "名次的原因无法判断：需要至少三个有数值的框架。"));
  }
  return sentences;
}

std::optional<double> cpu_off(const FrameworkRow& row) {
  return row.off.at(Metric::cpu_per_request).value;
}

std::optional<double> b_of(const FrameworkRow& row) {
  return row.cost == nullptr ? std::nullopt : row.cost->b_us;
}

std::optional<double> span_bytes(const FrameworkRow& row) {
  if (!row.spans.bytes || !row.spans.per_request) return std::nullopt;
  return *row.spans.bytes * *row.spans.per_request;
}

Quantity bytes_of_all_spans(Language language) {
  return {pick(language, "The size of all spans of a request", "每请求全部 span 的字节数"),
          span_bytes};
}

Quantity untraced(Language language) {
  return {pick(language, "CPU per request without tracing", "无追踪时每请求 CPU "), cpu_off};
}

/// "CPU per request without tracing, median by protocol: thrift 12 us (1), grpc 24 us (6)." Empty
/// where there is only one.
std::string by_protocol(const FrameworkRows& rows, Language language) {
  std::map<std::string, std::vector<double>> protocols;
  for (const FrameworkRow& row : rows) {
    if (const auto cpu = cpu_off(row)) protocols[row.protocol].push_back(*cpu);
  }
  if (protocols.size() < 2) return "";
  std::vector<std::pair<double, std::string>> parts;
  for (const auto& [protocol, values] : protocols) {
    const std::optional<double> middle = median(values);
    parts.emplace_back(
        *middle, fmt::format("{} {} ({})", protocol, format_value(Metric::cpu_per_request, middle),
                             values.size()));
  }
  std::ranges::sort(parts);
  std::vector<std::string> texts;
  for (const auto& [cpu, text] : parts) texts.push_back(text);
  return say(language, "CPU per request without tracing, median by protocol: {}.",
             "无追踪时每请求 CPU 按协议的中位数：{}。", fmt::join(texts, ", "));
}

std::string explain_linearity(const FrameworkRows& rows, Language language) {
  std::size_t known = 0;
  std::vector<std::string> bent;
  for (const FrameworkRow& row : rows) {
    if (row.cost == nullptr || !row.cost->bends) continue;
    ++known;
    if (*row.cost->bends) bent.push_back(row.name);
  }
  if (known == 0) {
    return std::string(pick(language,
                            "Whether the cost is a line over the sampling rate is not known: that "
                            "takes three sampling rates and six blocks.",
                            "开销与采样率是否成直线未知：需要三个采样率和六个区组。"));
  }
  if (bent.empty()) {
    return say(language, "The cost is a line over the sampling rate, as far as {} frameworks show.",
               "{} 个框架的开销随采样率均未见弯曲。", known);
  }
  return say(language,
             "The cost is no line over the sampling rate for {}, of {} frameworks: a sampled "
             "request costs more or less at low rates than at high ones (each tested at 5 %). "
             "There a and b do not hold at all rates.",
             "开销随采样率弯曲（首尾两段斜率不同，各以 5 % 检验）：{}；共 {} 个框架。",
             fmt::join(bent, ", "), known);
}

/// "+11 % [+7, +17] (dubbo-go)".
std::string example(const FrameworkRow& row, Language language) {
  return fmt::format("{} ({})", change_cell(overhead(row), language), row.name);
}

std::string middle_us(const FrameworkRows& rows, std::optional<double> CostModel::*amount) {
  std::vector<double> values;
  for (const FrameworkRow& row : rows) {
    if (row.cost != nullptr && row.cost->*amount) values.push_back(*(row.cost->*amount));
  }
  return format_value(Metric::cpu_per_request, median(std::move(values)));
}

void add_cost(const FrameworkRows& group, std::vector<std::string>& lines, Language language) {
  auto told = ranked(group, by_change(Metric::cpu_per_request, {}, false));
  std::erase_if(told, [](const RankedRow& ranked) {
    const Comparison* change = overhead(ranked.row);
    return change == nullptr || (change->word != Word::higher && change->word != Word::lower);
  });
  const std::string_view kind = group.front().emulated
                                    ? pick(language, "emulated", "emulated (模拟)")
                                    : pick(language, "real", "真实");
  if (told.empty()) {
    lines.push_back(say(language, "No cost of the {} {} frameworks is told from noise.",
                        "{} 个{}框架的开销都在噪声之内或没有数值。", group.size(), kind));
    return;
  }
  const FrameworkRow &least = told.front().row, &most = told.back().row;
  std::string range = example(least, language);
  if (told.size() > 1) range += say(language, " to {}", " 至 {}", example(most, language));
  lines.push_back(say(language,
                      "Tracing ({}) adds {} of CPU per request in {} frameworks. {} of {} have a "
                      "cost that is told from noise.",
                      "追踪（{0}）使{2}框架每请求 CPU 变化 {1}。{4} 个中 {3} 个的开销超出噪声。",
                      overhead(least)->arm, range, kind, told.size(), group.size()));
  if (group.front().traced.size() < 2) return;
  lines.push_back(say(language,
                      "In the median {} framework every request pays {} whatever the sampling rate "
                      "(a), and a sampled one {} more (b). Sampling less saves only b.",
                      "{}框架的中位数：每个请求无论采样率都付出 {}（a），被采样者再付 "
                      "{}（b）。降低采样率只省下 b。",
                      kind, middle_us(group, &CostModel::a_us),
                      middle_us(group, &CostModel::b_us)));
}

}  // namespace

std::vector<std::string> framework_headlines(const FrameworkRows& rows, Language language) {
  std::vector<std::string> lines;
  for (const FrameworkRows& group : by_kind(rows)) add_cost(group, lines, language);
  return lines;
}

std::vector<std::string> framework_trust(const RunResult& result, const Analysis& analysis,
                                         Language language) {
  std::vector<std::string> lines;
  std::vector<double> noise_pct;
  for (const Comparison& comparison : analysis.comparisons) {
    const auto arm = std::ranges::find(result.suite.arms, comparison.arm, &ArmSpec::name);
    const bool is_sham = arm != result.suite.arms.end() && arm->role == ArmRole::sham;
    if (is_sham && comparison.metric == Metric::cpu_per_request && comparison.estimate_pct)
      noise_pct.push_back(std::abs(*comparison.estimate_pct));
  }
  if (!noise_pct.empty()) {
    lines.push_back(
        say(language,
            "Noise: off measured once more differs from off by {:.2g} % of CPU per request "
            "in the median target, and by {:.2g} % at most.",
            "噪声：off 再测一次，每请求 CPU 与 off 相差的中位数 {:.2g} %，最大 {:.2g} %。",
            median(noise_pct).value_or(0), std::ranges::max(noise_pct)));
  }
  const auto valid = std::ranges::count_if(
      result.segments, [](const SegmentRecord& segment) { return segment.valid(); });
  lines.push_back(say(language,
                      "{} of {} measured segments are valid. A segment that loses spans or breaks "
                      "another rule counts for nothing.",
                      "测得 {1} 段，其中 {0} 段有效；丢失 span 或违反其他规则的段不计。", valid,
                      result.segments.size()));
  return lines;
}

std::vector<std::string> explain_cost(const FrameworkRows& rows, Language language) {
  const Quantity overheads{pick(language, "tracing overhead in percent", "追踪开销百分比"),
                           [](const FrameworkRow& row) { return percent(overhead(row)); }};
  return answers(
      rows, {{untraced(language), overheads, -1}, {bytes_of_all_spans(language), overheads, +1}},
      language);
}

std::vector<std::string> explain_speed(const FrameworkRows& rows, Language language) {
  const Quantity qps{"QPS",
                     [](const FrameworkRow& row) { return row.off.at(Metric::capacity).value; }};
  const Quantity hand_offs{
      pick(language, "The number of hand-offs (voluntary context switches per request)",
           "线程交接（每请求自愿上下文切换）"),
      [](const FrameworkRow& row) { return row.switches_off; }};
  std::vector<std::string> sentences =
      answers(rows, {{untraced(language), qps, -1}, {hand_offs, qps, -1}}, language);
  if (std::string protocols = by_protocol(rows, language); !protocols.empty())
    sentences.push_back(std::move(protocols));
  return sentences;
}

std::vector<std::string> explain_capacity(const FrameworkRows& rows, Language language) {
  const Quantity cpu{
      pick(language, "The CPU that tracing adds in percent", "追踪增加的 CPU 百分比"),
      [](const FrameworkRow& row) { return percent(overhead(row)); }};
  const Quantity qps{pick(language, "the change of QPS", "QPS 变化"), [](const FrameworkRow& row) {
                       return percent(change_in(most_sampled(row), Metric::capacity));
                     }};
  return answers(rows, {{cpu, qps, -1}}, language);
}

std::vector<std::string> explain_line(const FrameworkRows& rows, Language language) {
  const Quantity b{pick(language, "b", " b "), b_of};
  const Quantity bytes{pick(language, "The size of a span", "每个 span 的字节数"),
                       [](const FrameworkRow& row) { return row.spans.bytes; }};
  const Quantity hand_offs{
      pick(language, "The number of context switches that tracing adds", "追踪增加的上下文切换"),
      [](const FrameworkRow& row) -> std::optional<double> {
        if (!row.switches_off || !row.switches_traced) return std::nullopt;
        return *row.switches_traced - *row.switches_off;
      }};
  std::vector<std::string> sentences = answers(
      rows, {{bytes, b, +1}, {bytes_of_all_spans(language), b, +1}, {hand_offs, b, +1}}, language);
  sentences.push_back(explain_linearity(rows, language));
  return sentences;
}

}  // namespace tracetax

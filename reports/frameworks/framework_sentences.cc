// SPDX-License-Identifier: Apache-2.0
#include "reports/frameworks/framework_sentences.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "harness/stats/kendall.h"
#include "harness/stats/sample.h"
#include "reports/words/sentences.h"

namespace tracetax {
namespace {

constexpr double kExplains = 0.7, kInPart = 0.4;  // of tau
constexpr double kByChance = 0.05;                // of p

/// Something measured of each framework, and what it is called within a sentence.
struct Quantity {
  std::string_view name;
  std::function<std::optional<double>(const FrameworkRow&)> of;
};

std::string evidence(const Kendall& kendall, std::size_t count, Language language) {
  const std::string p = kendall.p < 0.001 ? "p < 0.001" : fmt::format("p = {:.3f}", kendall.p);
  if (language == Language::chinese) {
    return fmt::format("Kendall τ = {:.2f}（{}，{} 个框架）", kendall.tau, p, count);
  }
  return fmt::format("Kendall's tau {:.2f}, {}, {} frameworks", kendall.tau, p, count);
}

/// `sign`: -1 if more of the cause should mean less of the effect. Empty where too few are known.
std::string explain(const FrameworkRows& rows, const Quantity& cause, const Quantity& effect,
                    int sign, Language language) {
  const bool chinese = language == Language::chinese;
  std::vector<double> causes, effects;
  for (const FrameworkRow& row : rows) {
    const std::optional<double> x = cause.of(row), y = effect.of(row);
    if (!x || !y) continue;
    causes.push_back(*x);
    effects.push_back(*y);
  }
  const std::optional<Kendall> kendall = kendall_tau(causes, effects);
  if (!kendall) return "";
  const std::string why = evidence(*kendall, causes.size(), language);
  const double strength = kendall->tau * sign;
  if (strength >= kInPart && kendall->p > kByChance) {
    return chinese ? fmt::format("按{}与按{}的排序相近，但框架太少，可能是偶然：{}。", cause.name,
                                 effect.name, why)
                   : fmt::format(
                         "The orders by {} and by {} agree, which may be chance with so few "
                         "frameworks: {}.",
                         effect.name, cause.name, why);
  }
  if (strength >= kInPart) {
    const bool wholly = strength >= kExplains;
    return chinese ? fmt::format("{}的名次{}由{}解释：{}。", effect.name, wholly ? "可" : "可部分",
                                 cause.name, why)
                   : fmt::format("The order by {} is {}explained by {}: {}.", effect.name,
                                 wholly ? "" : "partly ", cause.name, why);
  }
  return chinese ? fmt::format("{}不能解释{}的名次：{}。", cause.name, effect.name, why)
                 : fmt::format("The order by {} is not explained by {}: {}.", effect.name,
                               cause.name, why);
}

/// A cause, what it may explain, and the sign of that.
struct OrderQuestion {
  Quantity cause, effect;
  int sign;
};

/// "Real: ", where both kinds are there.
std::string kind_prefix(const FrameworkRows& rows, const FrameworkRows& group, Language language) {
  if (by_kind(rows).size() < 2) return "";
  return std::string(group.front().emulated ? pick(language, "Emulated: ", "emulated (模拟)：")
                                            : pick(language, "Real: ", "真实："));
}

/// Real and emulated targets apart, as they are ranked. One sentence if there is no answer at all.
std::vector<std::string> answers(const FrameworkRows& rows,
                                 const std::vector<OrderQuestion>& questions, Language language) {
  const std::vector<FrameworkRows> groups = by_kind(rows);
  std::vector<std::string> sentences;
  for (const OrderQuestion& question : questions) {
    for (const FrameworkRows& group : groups) {
      const std::string sentence =
          explain(group, question.cause, question.effect, question.sign, language);
      if (!sentence.empty()) sentences.push_back(kind_prefix(rows, group, language) + sentence);
    }
  }
  if (sentences.empty()) {
    sentences.emplace_back(
        pick(language,
             "What explains the order cannot be told: that takes three frameworks "
             "of a kind with all values.",
             "名次的原因无法判断：需要至少三个同类框架的完整数值。"));
  }
  return sentences;
}

std::optional<double> cpu_off(const FrameworkRow& row) {
  return row.off.at(Metric::cpu_per_request).value;
}

std::optional<double> change(const ArmRow* traced, Metric metric) {
  const Comparison* comparison = traced == nullptr ? nullptr : traced->changes.at(metric);
  return comparison == nullptr ? std::nullopt : comparison->estimate_pct;
}

std::optional<double> b_of(const FrameworkRow& row) {
  return row.cost == nullptr ? std::nullopt : row.cost->b_us;
}

std::optional<double> span_bytes(const FrameworkRow& row) {
  if (!row.spans.bytes || !row.spans.per_request) return std::nullopt;
  return *row.spans.bytes * *row.spans.per_request;
}

Quantity bytes_of_all_spans(Language language) {
  return {pick(language, "the bytes of all spans of a request", "每请求全部 span 的字节数"),
          span_bytes};
}

/// "CPU per request without tracing by protocol, medians: thrift 12 us (1), grpc 24 us (6)." Empty
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
  return language == Language::chinese
             ? fmt::format("无追踪时每请求 CPU 按协议的中位数：{}。", fmt::join(texts, "、"))
             : fmt::format("CPU per request without tracing by protocol, medians: {}.",
                           fmt::join(texts, ", "));
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
    return std::string(
        pick(language,
             "Whether the cost is a line over the sampling rate is not known: it takes "
             "three traced rates and six blocks.",
             "开销与采样率是否成直线未知：需要三个采样率和六个区组。"));
  }
  if (bent.empty()) {
    return language == Language::chinese
               ? fmt::format("{} 个框架的开销随采样率均未见弯曲。", known)
               : fmt::format(
                     "No bend of the cost over the sampling rate was found in {} frameworks.",
                     known);
  }
  return language == Language::chinese
             ? fmt::format(
                   "开销随采样率弯曲（首尾两段斜率不同，各以 5 % 检验）：{}；共 {} 个框架。",
                   fmt::join(bent, "、"), known)
             : fmt::format(
                   "The cost bends over the sampling rate (its slope at low rates is not that at "
                   "high ones, each tested at 5 %) for {}, of {} frameworks: a and b do not hold "
                   "at all "
                   "rates.",
                   fmt::join(bent, ", "), known);
}

}  // namespace

std::vector<std::string> explain_order(const FrameworkRows& rows, Language language) {
  const Quantity cpu{pick(language, "CPU per request", "每请求 CPU "), cpu_off};
  const Quantity qps{"QPS",
                     [](const FrameworkRow& row) { return row.off.at(Metric::capacity).value; }};
  const Quantity overhead{
      pick(language, "OTLP overhead in percent", "OTLP 开销百分比"), [](const FrameworkRow& row) {
        return change(row.traced.empty() ? nullptr : &row.traced.front(), Metric::cpu_per_request);
      }};
  const Quantity untraced{pick(language, "CPU per request without tracing", "无追踪时每请求 CPU "),
                          cpu_off};
  const Quantity hand_offs{pick(language, "hand-offs (voluntary context switches per request)",
                                "线程交接（每请求自愿上下文切换）"),
                           [](const FrameworkRow& row) { return row.switches_off; }};
  std::vector<std::string> sentences = answers(rows,
                                               {{cpu, qps, -1},
                                                {hand_offs, qps, -1},
                                                {untraced, overhead, -1},
                                                {bytes_of_all_spans(language), overhead, +1}},
                                               language);
  for (const FrameworkRows& group : by_kind(rows)) {
    const std::string protocols = by_protocol(group, language);
    if (!protocols.empty()) sentences.push_back(kind_prefix(rows, group, language) + protocols);
  }
  return sentences;
}

std::vector<std::string> explain_impact(const FrameworkRows& rows, int arm, Language language) {
  const Quantity cpu{
      pick(language, "the CPU that tracing adds in percent", "追踪增加的 CPU 百分比"),
      [&](const FrameworkRow& row) {
        return change(traced_in(row, arm), Metric::cpu_per_request);
      }};
  const Quantity qps{pick(language, "the change of QPS", "QPS 变化"), [&](const FrameworkRow& row) {
                       return change(traced_in(row, arm), Metric::capacity);
                     }};
  return answers(rows, {{cpu, qps, -1}}, language);
}

std::vector<std::string> explain_spans(const FrameworkRows& rows, Language language) {
  const Quantity b{pick(language, "b, the cost of a sampled request,", " b（每采样请求的开销）"),
                   b_of};
  const Quantity bytes{pick(language, "bytes per span", "每个 span 的字节数"),
                       [](const FrameworkRow& row) { return row.spans.bytes; }};
  const Quantity hand_offs{
      pick(language, "the context switches that tracing adds", "追踪增加的上下文切换"),
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

// SPDX-License-Identifier: Apache-2.0
#include "reports/frameworks/framework_facts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/core/text/units.h"
#include "reports/fidelity/kept_fidelity.h"
#include "reports/tables/run_facts.h"
#include "reports/words/sentences.h"

namespace tracetax {
namespace {

std::string or_unknown(const std::string& text, Language language) {
  return text.empty() ? std::string(pick(language, "unknown", "未知")) : text;
}

std::string rate_text(const Suite& suite, Language language) {
  const auto* share = std::get_if<CapacityShare>(&suite.load.levels.front());
  if (share == nullptr) return format_offered_rate(suite.load.levels.front());
  const std::string percent = fmt::format("{:.3g}", 100 * share->share);
  return language == Language::chinese
             ? fmt::format("各目标无追踪容量的 {} %（数值见末表）", percent)
             : fmt::format("{} % of what each target can do untraced (in the last table)", percent);
}

/// What the order of emulations is worth, as far as anybody has looked.
std::string how_emulations_rank(const Suite& suite, Language language) {
  const FidelityRecord& kept = kept_fidelity();
  const bool known = std::ranges::any_of(suite.targets, [&](const TargetSpec& target) {
    return kept.frameworks.contains(target.framework);
  });
  std::vector<std::string> parts;
  for (const auto& [quantity, tau] : kept.taus) {
    if (!known) break;
    parts.push_back(
        fmt::format("{} {:.2f} [{:.2f}, {:.2f}]", quantity, tau.tau, tau.low, tau.high));
  }
  if (parts.empty()) {
    return std::string(
        pick(language,
             "Whether emulations rank frameworks as the real ones do was not measured: their order "
             "is an order of emulations.",
             "模拟的排序是否与真实框架一致尚未测量：此处的名次只是模拟之间的名次。"));
  }
  const int frameworks = kept.taus.begin()->second.frameworks;
  return language == Language::chinese
             ? fmt::format("模拟与真实框架的排序一致程度（Kendall τ，{} 个框架，{}）：{}。",
                           frameworks, kept.tau_date, fmt::join(parts, "、"))
             : fmt::format(
                   "How far emulations rank frameworks as the real ones do (Kendall's tau "
                   "over {} frameworks, {}; 1: the same order, 0: no relation): {}.",
                   frameworks, kept.tau_date, fmt::join(parts, ", "));
}

}  // namespace

std::string framework_run_state(const RunResult& result, Language language) {
  if (language == Language::english) return "This run is " + run_state(result) + ".";
  const auto valid = std::ranges::count_if(
      result.segments, [](const SegmentRecord& segment) { return segment.valid(); });
  const std::string_view word = result.status == RunStatus::complete  ? "完整"
                                : result.status == RunStatus::partial ? "不完整"
                                                                      : "无效";
  std::string text = fmt::format("本次运行{}：计划 {} 段，测得 {} 段，有效 {} 段", word,
                                 std::max(result.plan.segments.size(), result.segments.size()),
                                 result.segments.size(), valid);
  if (!result.partial_reason.empty()) text += "（" + result.partial_reason + "）";
  return text + "。";
}

std::vector<std::string> framework_run_facts(const RunResult& result, Language language) {
  const bool chinese = language == Language::chinese;
  const Suite& suite = result.suite;
  const MachineFacts& machine = result.machine;
  const Design& design = suite.design;
  const std::string driver = or_unknown(result.pinned_driver, language);
  const std::string target = or_unknown(result.pinned_target, language);
  const std::string built = fmt::format(
      "tracetax {} ({}), {}, {}{}", result.tool.version, result.tool.git_revision,
      result.tool.compiler, result.tool.build_type, result.tool.sanitized ? ", sanitized" : "");
  const std::string system = fmt::format("{}, {}, {}", machine.os, machine.kernel, machine.libc);
  const std::string memory = format_bytes(static_cast<double>(machine.memory_bytes));
  const std::string_view arrivals =
      suite.load.arrivals == Arrivals::poisson ? "poisson" : "constant";
  const std::string capacity = design.capacity ? format_duration(*design.capacity)
                                               : std::string(pick(language, "none", "无"));
  const std::optional<double> core_slow = core_slowdown(result);
  if (chinese) {
    std::vector<std::string> facts = {
        fmt::format("主机：{}，{}，内存 {}，{}", machine.cpu_model, machine.virtualization, memory,
                    system),
        fmt::format("CPU：可用 {} / {} 个；负载端与接收端用 {}，目标用 {}", machine.cpus_allowed,
                    machine.cpus, driver, target),
        fmt::format("版本：{}", built),
        fmt::format("负载：开环，{}，{} 到达，{} 个连接", rate_text(suite, language), arrivals,
                    suite.load.connections),
        fmt::format("时长：预热 {}，测量 {}，容量（闭环）{}；{} "
                    "个区组，每个区组内各臂随机排序（种子 {}），每段都用新进程",
                    format_duration(design.warmup), format_duration(design.measure), capacity,
                    design.blocks, result.plan.seed),
        fmt::format("日期：{} 至 {}", or_unknown(result.started_at, language),
                    or_unknown(result.finished_at, language))};
    if (design.slice) {
      facts.push_back(
          fmt::format("轮换：{} 分为 {} 片，各臂轮流接受负载，每轮重新随机排序；等待者被暂停",
                      format_duration(design.measure), design.slices()));
    }
    if (core_slow) {
      facts.push_back(fmt::format(
          "核心：同一核心上的邻居使目标慢 {:.3g} 倍（各段中位数）；所有数值均未为此修正",
          *core_slow));
    }
    return facts;
  }
  std::vector<std::string> facts = {
      fmt::format("host: {}, {}, {} of memory, {}", machine.cpu_model, machine.virtualization,
                  memory, system),
      fmt::format("CPUs: {} of {} allowed; driver and sink on {}, target on {}",
                  machine.cpus_allowed, machine.cpus, driver, target),
      fmt::format("versions: {}", built),
      fmt::format("load: open loop, {}, {} arrivals, {} connections", rate_text(suite, language),
                  arrivals, suite.load.connections),
      fmt::format(
          "duration: warm-up {}, measured {}, capacity (closed loop) {}; {} blocks, in each "
          "every arm once in random order (seed {}), every segment a fresh process",
          format_duration(design.warmup), format_duration(design.measure), capacity, design.blocks,
          result.plan.seed),
      fmt::format("date: {} to {}", or_unknown(result.started_at, language),
                  or_unknown(result.finished_at, language))};
  if (design.slice) {
    facts.push_back(fmt::format(
        "turns: the {} are measured in {} slices; the load goes to one arm at a time, in a fresh "
        "random order in every round; who waits is stopped",
        format_duration(design.measure), design.slices()));
  }
  if (core_slow) {
    facts.push_back(
        fmt::format("cores: neighbours on the target's core slowed it down {:.3g} times, median of "
                    "the segments; no number is corrected for that",
                    *core_slow));
  }
  return facts;
}

std::vector<std::string> framework_legend(const RunResult& result, Language language) {
  const bool emulated = std::ranges::any_of(result.suite.targets, [](const TargetSpec& target) {
    return target.kind == TargetKind::emulated;
  });
  std::vector<std::string> items;
  if (language == Language::chinese) {
    items = {
        "数值为各区组的 Hodges-Lehmann 估计及其 95 % "
        "区间；(n=3)：区组不足六个，没有区间；—：未测量；无效："
        "测了，但违反有效性规则；≈0 (±x)：在噪声之内，x 为区间的远端。",
        "QPS：闭环容量，无追踪。P50、P99、CPU（每请求 CPU "
        "时间）、内存（峰值）：在各自的请求速率下，无追踪。OTLP开销：每请求 "
        "CPU 的变化，取采样率最高的臂。",
        "按块内配对差异无法区分者名次给出范围（全部两两比较一起检验：所作区分中平均 5 % "
        "为偶然，Benjamini-Hochberg）；没有综合评分。每个块以随机顺序测量所有目标。"};
    if (emulated) {
      items.emplace_back(
          "emulated (模拟)：用 C++ "
          "完成该框架每个请求的工作，不是框架本身；“真实：2.4 [1.9, 2.9] "
          "倍（2026-12）”指无追踪时真实"
          "框架每请求 CPU 为模拟的多少倍。真实目标与模拟目标分开排名。");
      items.push_back(how_emulations_rank(result.suite, language));
    }
    return items;
  }
  items = {
      "A value is the Hodges-Lehmann estimate over the blocks with its 95 % interval. (n=3): too "
      "few blocks "
      "for an interval; —: not measured; void: measured, but a validity rule was broken; ≈0 (±x): "
      "within "
      "noise, x is the further end of the interval.",
      "QPS: capacity, closed loop, tracing off. P50 and P99 (response), CPU (time per request) and "
      "memory "
      "(peak): at the offered rate of each, tracing off. OTLP overhead: change of CPU per request "
      "in the arm "
      "that samples most.",
      "A rank is a range where targets cannot be told apart by their paired differences within "
      "blocks. All pairs of targets are tested together: of those told apart, 5 % are so by chance "
      "on average (Benjamini-Hochberg). There is no rank over several columns. Every block holds "
      "all targets, in random order."};
  if (emulated) {
    items.emplace_back(
        "emulated: a C++ program that does what that framework does per request, not the framework "
        "itself. \"real: 2.4 [1.9, 2.9] times (2026-12)\" says how many times as much CPU per "
        "request the real one took, untraced, when both were last measured side by side. Real and "
        "emulated targets are ranked apart.");
    items.push_back(how_emulations_rank(result.suite, language));
  }
  return items;
}

}  // namespace tracetax

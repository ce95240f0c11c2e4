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
  return say(language, "{:.3g} % of what each target can do untraced (see Targets)",
             "各目标无追踪容量的 {:.3g} %（数值见“目标”）", 100 * share->share);
}

/// What the order of emulations is worth, as far as anybody has looked.
std::string how_emulations_rank(const Suite& suite, Language language) {
  const FidelityRecord& kept = kept_fidelity();
  const bool known = std::ranges::any_of(suite.targets, [&](const TargetSpec& target) {
    return kept.frameworks.contains(target.framework);
  });
  std::vector<std::string> parts;
  for (const auto& [quantity, tau] : kept.taus) {
    if (!known || (quantity != "cpu_off" && quantity != "a" && quantity != "b")) continue;
    parts.push_back(fmt::format("{} {:.2f} [{:.2f}, {:.2f}]",
                                quantity == "cpu_off" ? pick(language, "CPU untraced", "CPU 无追踪")
                                                      : std::string_view(quantity),
                                tau.tau, tau.low, tau.high));
  }
  if (parts.empty()) {
    return std::string(
        pick(language,
             "Nobody has measured whether emulations rank frameworks as the real "
             "ones do. So their order is an order of emulations.",
             "模拟的排序是否与真实框架一致尚未测量：此处的名次只是模拟之间的名次。"));
  }
  return say(language,
             "Do emulations rank frameworks as the real ones do? Kendall's tau over {} frameworks "
             "({}; 1: the same order, 0: no relation): {}.",
             "模拟与真实框架的排序一致程度（Kendall τ，{} 个框架，{}）：{}。",
             kept.taus.begin()->second.frameworks, kept.tau_date, fmt::join(parts, ", "));
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
  const Suite& suite = result.suite;
  const MachineFacts& machine = result.machine;
  const Design& design = suite.design;
  const std::string capacity = design.capacity ? format_duration(*design.capacity)
                                               : std::string(pick(language, "none", "无"));
  std::vector<std::string> facts = {
      say(language, "Machine: {}, {}, {} of memory, {}, {}, {}.",
          "主机：{}，{}，内存 {}，{}，{}，{}", machine.cpu_model, machine.virtualization,
          format_bytes(static_cast<double>(machine.memory_bytes)), machine.os, machine.kernel,
          machine.libc),
      say(language, "CPUs: {} of {} allowed. Driver and sink run on {}, the target on {}.",
          "CPU：可用 {} / {} 个；负载端与接收端用 {}，目标用 {}", machine.cpus_allowed,
          machine.cpus, or_unknown(result.pinned_driver, language),
          or_unknown(result.pinned_target, language)),
      say(language, "Versions: tracetax {} ({}), {}, {}{}.", "版本：tracetax {} ({}), {}, {}{}",
          result.tool.version, result.tool.git_revision, result.tool.compiler,
          result.tool.build_type, result.tool.sanitized ? ", sanitized" : ""),
      say(language, "Load: open loop, {}, {} arrivals, {} connections.",
          "负载：开环，{}，{} 到达，{} 个连接", rate_text(suite, language),
          suite.load.arrivals == Arrivals::poisson ? "poisson" : "constant",
          suite.load.connections),
      say(language, "Time: warm-up {}, measured {}, capacity (closed loop) {}.",
          "时长：预热 {}，测量 {}，容量（闭环）{}", format_duration(design.warmup),
          format_duration(design.measure), capacity),
      say(language,
          "Blocks: {}. In each, every arm of every target has its turn once, in random order (seed "
          "{}), and every segment is a fresh process.",
          "区组：{} 个，每个区组内各臂随机排序（种子 {}），每段都用新进程", design.blocks,
          result.plan.seed),
      say(language, "Date: {} to {}.", "日期：{} 至 {}", or_unknown(result.started_at, language),
          or_unknown(result.finished_at, language))};
  if (design.slice) {
    facts.push_back(
        say(language,
            "Turns: the {} are measured in {} slices. The load goes to one arm at a time, in a "
            "fresh random order in every round. Arms that wait are stopped.",
            "轮换：{} 分为 {} 片，各臂轮流接受负载，每轮重新随机排序；等待者被暂停",
            format_duration(design.measure), design.slices()));
  }
  if (const std::optional<double> slow = core_slowdown(result)) {
    facts.push_back(
        say(language,
            "Shared core: neighbours slowed the target's core down {:.3g} times, median of the "
            "segments. No number is corrected for that.",
            "核心：同一核心上的邻居使目标慢 {:.3g} 倍（各段中位数）；所有数值均未为此修正", *slow));
  }
  return facts;
}

std::vector<std::string> framework_legend(const RunResult& result, Language language) {
  const auto item = [language](std::string_view english, std::string_view chinese) {
    return std::string(pick(language, english, chinese));
  };
  std::vector<std::string> items = {
      item("A number is the middle of the blocks (Hodges-Lehmann estimate). Brackets hold its 95 % "
           "interval.",
           "数值为各区组的 Hodges-Lehmann 估计，方括号为其 95 % 区间。"),
      item(
          "A rank is a range where frameworks cannot be told apart: 1-4 may be first or fourth. "
          "All "
          "pairs of frameworks are tested together by their differences within blocks. Of those "
          "told "
          "apart, 5 % are so by chance on average (Benjamini-Hochberg). No rank is made of several "
          "columns.",
          "按块内配对差异无法区分者名次给出范围：1-4 "
          "可能是第一，也可能是第四（全部两两比较一起检验："
          "所作区分中平均 5 % 为偶然，Benjamini-Hochberg）；没有综合评分。"),
      item("~: within noise. The value is not told from 0 where all comparisons of the run are "
           "tested "
           "together.",
           "~：在噪声之内，即全部比较一起检验时与 0 无法区分。"),
      item("(4 of 9): only 4 of 9 blocks gave this value, and an interval takes 6. Too few blocks "
           "(4 of "
           "9): for that reason there is no number. Void (0 of 9): it was measured, and no block "
           "kept "
           "the validity rules. Not measured: the run did not come to it.",
           "（4 / 9）：9 个区组中只有 4 个给出此值，而区间需要 6 个；区组太少：因此没有数值；"
           "无效：测了，但没有区组符合有效性规则；未测量：本次运行没有测到。"),
      item("CPU is the target's CPU time per request. a is what tracing adds to every request, "
           "sampled or "
           "not. b is what it adds to a sampled request on top. Tracing overhead is the change of "
           "CPU per "
           "request by all of tracing: instrumentation, SDK and export.",
           "CPU：目标每请求的 CPU "
           "时间。a：追踪使每个请求增加的开销，采样与否都有。b：被采样的请求再增加"
           "的开销。追踪开销：全部追踪（埋点、SDK、导出）使每请求 CPU 的变化。"),
      item("QPS is what a target can do at full speed (closed loop). P50, P99, CPU and memory "
           "(peak) are "
           "taken at the offered rate of each target.",
           "QPS：闭环容量。P50、P99、CPU、内存（峰值）：在各自的请求速率下。")};
  const bool emulated = std::ranges::any_of(result.suite.targets, [](const TargetSpec& target) {
    return target.kind == TargetKind::emulated;
  });
  if (emulated) {
    items.push_back(item(
        "Emulated: a C++ program that does what that framework does for each request. It is not "
        "the framework. \"CPU, real / emulated\" is how many times as much CPU per request the "
        "real one took without tracing, when both were last measured side by side. Real and "
        "emulated ones are ranked apart.",
        "emulated (模拟)：用 C++ 完成该框架每个请求的工作，不是框架本身；“CPU 真实 / "
        "模拟”指无追踪时真实框架每请求 CPU 为模拟的多少倍。真实目标与模拟目标分开排名。"));
    items.push_back(how_emulations_rank(result.suite, language));
  }
  return items;
}

}  // namespace tracetax

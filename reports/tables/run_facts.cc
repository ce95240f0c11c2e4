// SPDX-License-Identifier: Apache-2.0
#include "reports/tables/run_facts.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/analysis/warmth.h"
#include "harness/core/shared_core.h"
#include "harness/core/suite/kept_processes.h"
#include "harness/core/text/effect_text.h"
#include "harness/core/text/units.h"
#include "harness/stats/sample.h"

namespace tracetax {
namespace {

/// "the traceparent header": what the scenarios send in all.
std::string context_headers(const Suite& suite) {
  ContextFormats all;
  for (const ScenarioSpec& scenario : suite.scenarios) {
    for (const ContextFormat format : scenario.context) {
      if (std::ranges::find(all, format) == all.end()) all.push_back(format);
    }
  }
  if (all.empty()) all = ScenarioSpec{}.context;
  return fmt::format("the {} header{}", describe(all), fields_of(all).size() == 1 ? "" : "s");
}

std::string sampling_item(const Suite& suite) {
  const auto words = [&](Sampling sampling) {
    return sampling == Sampling::caller ? "the caller, with " + context_headers(suite)
                                        : std::string("the target");
  };
  std::vector<std::string> others;
  for (const TargetSpec& target : suite.targets) {
    if (sampling_of(suite, target) != suite.load.sampling) others.push_back(target.name);
  }
  std::string text = fmt::format("sampling is decided by {}", words(suite.load.sampling));
  if (others.empty()) return text;
  const Sampling other =
      suite.load.sampling == Sampling::caller ? Sampling::target : Sampling::caller;
  return text + fmt::format("; of {} by {}", fmt::join(others, ", "), words(other));
}

std::string processes_item(const RunResult& result) {
  const Design& design = result.suite.design;
  if (!keeps_processes(result.suite)) return "a fresh process of the target for every segment";
  return fmt::format(
      "the processes of all arms are kept, stopped while they wait, and launched afresh after {}: "
      "blocks on one launch count as one",
      design.fresh_every == 1 ? "every block" : fmt::format("{} blocks", design.fresh_every));
}

std::string warm_up_item(const RunResult& result) {
  const Design& design = result.suite.design;
  if (!design.until_steady) return format_duration(design.warmup);
  const std::string words = warm_up_words(result);
  return "until steady" + (words.empty() ? "" : fmt::format(" ({})", words));
}

/// ", and 2 more in place of ...": those beyond the design's.
std::string replacements(const RunResult& result) {
  int more = 0;
  for (const SegmentSpec& spec : result.plan.segments)
    more = std::max(more, spec.block + 1 - result.suite.design.blocks);
  if (more == 0) return "";
  return fmt::format(", and {} more in place of blocks lost to the rate, the driver or the machine",
                     more);
}

}  // namespace

std::optional<double> core_slowdown(const RunResult& result) {
  const double alone_ns = loop_alone_ns(result.segments);
  std::vector<double> slowdowns;
  for (const SegmentRecord& segment : result.segments) {
    const std::optional<double> slow = slowdown(segment, alone_ns);
    if (slow && segment.spec.kind == SegmentKind::open) slowdowns.push_back(*slow);
  }
  return median(slowdowns);
}

std::string warm_up_words(const RunResult& result) {
  const auto warm_ups = warm_ups_of(result);
  if (!warm_ups) return "";
  std::string text;
  if (warm_ups->steady > 0) {
    const auto whole = [](double time_s) { return fmt::format("{:.0f}", time_s); };
    const std::string least = whole(warm_ups->least_s), most = whole(warm_ups->most_s);
    text = fmt::format("warm after {}{} s", least, least == most ? "" : " to " + most);
  }
  if (warm_ups->limited == 0) return text;
  return fmt::format("{}{}not warm within the limit of {} {} of {} times", text,
                     text.empty() ? "" : ", ", format_duration(result.suite.design.warmup_limit),
                     warm_ups->limited, warm_ups->limited + warm_ups->steady);
}

std::vector<std::string> design_items(const RunResult& result) {
  const Suite& suite = result.suite;
  const Design& design = suite.design;
  std::vector<std::string> items = {
      fmt::format("{}{} blocks{}; in each, every arm once in random order (seed {}); {}",
                  result.stop_reason.empty() ? "" : "up to ", design.blocks, replacements(result),
                  result.plan.seed, processes_item(result)),
      fmt::format("warm-up {}, measured {}, then at least {} and at most {} of drain",
                  warm_up_item(result), format_duration(design.measure),
                  format_duration(design.settle), format_duration(design.drain)),
      sampling_item(suite),
      fmt::format("driver: {} thread{}, release mode {}, CPUs {}; target: CPUs {}",
                  suite.load.threads, suite.load.threads == 1 ? "" : "s",
                  result.release_mode.empty() ? "unknown" : result.release_mode,
                  result.pinned_driver.empty() ? "not pinned" : result.pinned_driver,
                  result.pinned_target.empty() ? "not pinned" : result.pinned_target)};
  if (design.slice) {
    items.push_back(fmt::format(
        "arms take turns: the {} are measured in {} slices; the load goes to one arm at a time, in "
        "a fresh random order in every round; who waits is stopped",
        format_duration(design.measure), design.slices()));
  }
  if (const auto& choice = result.slice_choice) {
    items.push_back(fmt::format(
        "a pilot of off against off chose {}: one pair of CPU per request would spread by {:.2g} % "
        "in turns and by {:.2g} % one after another",
        choice->turns() ? "turns" : "arms one after another", choice->in_turns_pct,
        choice->one_after_another_pct));
  }
  if (design.capacity) {
    items.push_back(fmt::format("capacity: a closed loop of {} in every arm and block",
                                format_duration(*design.capacity)));
  }
  if (const auto slow = core_slowdown(result)) {
    items.push_back(
        fmt::format("neighbours on the target's core slowed it down {:.3g} times, median of the "
                    "segments; no number is corrected for that",
                    *slow));
  }
  for (const SubjectFacts& subject : result.subjects) {
    items.push_back(fmt::format("{}: {}, off = {}", subject.name, subject.kind, subject.off_state));
  }
  return items;
}

Table environment_table(const RunResult& result) {
  const MachineFacts& machine = result.machine;
  Table table;
  table.columns = {{.title = "what"}, {.title = "value"}};
  const auto add = [&table](const char* what, const std::string& value) {
    table.rows.push_back({what, value.empty() ? "-" : value});
  };
  add("CPU", fmt::format("{}, {} of {} CPUs allowed", machine.cpu_model, machine.cpus_allowed,
                         machine.cpus));
  add("memory", format_bytes(static_cast<double>(machine.memory_bytes)));
  add("governor", machine.governor);
  add("virtualization", machine.virtualization);
  add("cgroup limits", fmt::format("cpu.max {}, memory.max {}, cpuset {}", machine.cgroup_cpu_max,
                                   machine.cgroup_memory_max, machine.cpuset));
  add("system", fmt::format("{}, {}, {}", machine.os, machine.kernel, machine.libc));
  add("clock source", machine.clocksource);
  add("load before", format_number(machine.load_before));
  add("stolen CPU before", format_number(machine.steal_pct_before) + " %");
  add("CI", machine.ci_provider);
  for (const auto& [name, value] : machine.otel_variables)
    add("caller's variable", name + "=" + value);
  add("tracetax", fmt::format("{} ({}), {}, {}{}", result.tool.version, result.tool.git_revision,
                              result.tool.compiler, result.tool.build_type,
                              result.tool.sanitized ? ", sanitized" : ""));
  if (!result.label.empty()) add("label", result.label);
  add("run", fmt::format("{}, {} to {}", result.run_id, result.started_at, result.finished_at));
  add("suite", fmt::format("{} (sha256 {})", result.suite.path, result.suite.digest_sha256));
  return table;
}

}  // namespace tracetax

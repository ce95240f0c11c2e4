// report.md: the answer first, then what it rests on, most wanted first.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "harness/analysis/pairing.h"
#include "harness/core/units.h"
#include "reports/arm_totals.h"
#include "reports/report.h"
#include "reports/result_tables.h"
#include "reports/sentences.h"
#include "reports/table.h"
#include "reports/target_kind.h"

namespace tracetax {
namespace {

void add_list(std::string& out, const std::vector<std::string>& items) {
  for (const std::string& item : items) out += "- " + markdown_text(item) + "\n";
  if (!items.empty()) out += "\n";
}

void add_answer(const RunResult& result, const Analysis& analysis, std::string& out) {
  for (const CostModel& cell : analysis.cost_models) {
    out += "**" + markdown_text(answer(result, analysis, cell.cell)) + "**\n";
    const std::string floor = noise_floor(result, analysis, cell.cell);
    if (!floor.empty()) out += markdown_text(floor) + "\n";
    out += "\n";
  }
  const std::string state = "This run is " + run_state(result) + ".";
  out += (result.status == RunStatus::complete ? "" : "> ") + markdown_text(state) + "\n\n";
}

void add_warnings(const Analysis& analysis, std::string& out) {
  if (analysis.warnings.empty()) return;
  out += "## Warnings\n\n";
  add_list(out, analysis.warnings);
}

void add_cell(const RunResult& result, const Analysis& analysis, const CostModel& model,
              std::string& out) {
  const int cell = model.cell;
  const std::vector<ArmTotals> totals = arm_totals(result, cell);
  out += "## " + markdown_text(cell_name(result, cell) + emulated_mark(result, cell)) + "\n\n";
  out += markdown_text("Load: " + load_description(result, cell) + ".") + "\n\n";
  out += markdown_table(comparison_table(result, analysis, cell, true)) + "\n";
  out +=
      "Overhead is the Hodges-Lehmann estimate of the ratio to `off` within a block, with its "
      "exact "
      "signed-rank interval over blocks. Off and on are medians over blocks. For capacity, higher "
      "is "
      "better.\n\n";
  add_list(out, remarks(analysis, cell));
  out += markdown_text(cost_model(model)) + "\n\n";

  out += "### Spans: expected = received\n\n" + markdown_table(receipt_table(result, totals)) +
         "\nOver every segment, void ones too. Bytes are as received, compressed if they came so. "
         "Export "
         "delay: end of a span to its arrival; p50 is the middle one of the segments' own.\n\n";
  add_list(out, broken_propagation(result, totals));
  out += "### Response times (display only)\n\n" + markdown_table(response_table(result, totals)) +
         "\nFrom the due time, merged over valid segments; the comparison above rests on single "
         "segments. A percentile stands only where at least ten requests lie beyond it.\n\n";
  if (const auto messages = message_table(result, totals)) {
    out += "### Messages of streams (display only)\n\n" + markdown_table(*messages) +
           "\nFirst: from the due time of the call. Gap: between two messages of one stream.\n\n";
  }
  out += "### Validity\n\n" + markdown_table(validity_table(result, totals)) + "\n";
  add_list(out, void_details(result, cell));
}

void add_design(const RunResult& result, std::string& out) {
  const Suite& suite = result.suite;
  const Design& design = suite.design;
  std::vector<std::string> items = {
      fmt::format(
          "{} blocks; in each, every arm once in random order (seed {}); a fresh process of the "
          "target for every segment",
          design.blocks, result.plan.seed),
      fmt::format("warm-up {}, measured {}, then at least {} and at most {} of drain",
                  format_duration(design.warmup), format_duration(design.measure),
                  format_duration(design.settle), format_duration(design.drain)),
      fmt::format("sampling is decided by the {}", suite.load.sampling == Sampling::caller
                                                       ? "caller, with the traceparent header"
                                                       : "target"),
      fmt::format("driver: {} thread{}, release mode {}, CPUs {}; target: CPUs {}",
                  suite.load.threads, suite.load.threads == 1 ? "" : "s",
                  result.release_mode.empty() ? "unknown" : result.release_mode,
                  result.pinned_driver.empty() ? "not pinned" : result.pinned_driver,
                  result.pinned_target.empty() ? "not pinned" : result.pinned_target)};
  if (design.capacity) {
    items.push_back(fmt::format("capacity: a closed loop of {} in every arm and block",
                                format_duration(*design.capacity)));
  }
  for (const SubjectFacts& subject : result.subjects) {
    items.push_back(fmt::format("{}: {}, off = {}", subject.name, subject.kind, subject.off_state));
  }
  out += "## Design\n\n";
  add_list(out, items);
}

void add_environment(const RunResult& result, std::string& out) {
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
  add("system", fmt::format("{}, Linux {}, {}", machine.os, machine.kernel, machine.libc));
  add("clock source", machine.clocksource);
  add("load before", format_number(machine.load_before));
  add("stolen CPU before", format_number(machine.steal_pct_before) + " %");
  add("CI", machine.ci_provider);
  for (const auto& [name, value] : machine.otel_variables)
    add("caller's variable", name + "=" + value);
  add("tracetax", fmt::format("{} ({}), {}, {}{}", result.tool.version, result.tool.git_revision,
                              result.tool.compiler, result.tool.build_type,
                              result.tool.sanitized ? ", sanitized" : ""));
  add("run", fmt::format("{}, {} to {}", result.run_id, result.started_at, result.finished_at));
  add("suite", fmt::format("{} (sha256 {})", result.suite.path, result.suite.digest_sha256));
  out += "## Environment\n\n" + markdown_table(table) + "\n";
}

}  // namespace

std::string write_markdown(const RunResult& result, const Analysis& analysis,
                           const ReportOptions&) {
  std::string out = "# What tracing costs: " + markdown_text(result.suite.name) + "\n\n";
  add_answer(result, analysis, out);
  add_warnings(analysis, out);
  if (const auto cells = side_by_side_table(result, analysis)) {
    out += "## Side by side: CPU per request\n\n" + markdown_table(*cells) + "\n";
  }
  for (const CostModel& cell : analysis.cost_models) add_cell(result, analysis, cell, out);
  add_design(result, out);
  add_environment(result, out);
  out += "## How to reproduce\n\n" + markdown_code_block(command_to_repeat(result), "sh");
  return out;
}

}  // namespace tracetax

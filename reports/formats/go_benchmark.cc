// The format `benchfmt`: Go's benchmark format (golang.org/design/14313-benchmark-format) for
// benchstat, a line per block. Name parts are key=value, so that `benchstat -col /arm FILE` sets
// the arms side by side. Void segments are left out.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "harness/core/metric_value.h"
#include "harness/core/text/quote.h"
#include "reports/tables/cell_parts.h"
#include "reports/words/report.h"

namespace tracetax {
namespace {

/// A part of a name: no white space, and no slash, which would begin the next part.
std::string name_part(const std::string& text) {
  std::string part = printable(text, 200);
  const auto foreign = [](unsigned char c) { return c <= ' ' || c == '/' || c >= 0x7f; };
  std::ranges::replace_if(part, foreign, '_');
  return part.empty() ? "_" : part;
}

/// What stands between "Benchmark" and the first slash; Go has it begin with an upper-case letter.
std::string base_name(const std::string& suite) {
  std::string name = name_part(suite);
  name.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(name.front())));
  return name;
}

/// A line of the file's configuration. What differs between two files sets them apart in benchstat,
/// so nothing stands here that differs between two runs on one machine.
std::string config_line(std::string_view key, const std::string& value) {
  return value.empty() ? "" : fmt::format("{}: {}\n", key, printable(value, 300));
}

/// Amounts are in the smallest step of the metric's unit. Three names are older than this rule.
std::string column_of(Metric metric) {
  if (metric == Metric::cpu_per_request) return "cpu-ns/req";
  if (metric == Metric::rss_peak) return "rss-B";
  if (metric == Metric::capacity) return "req/s";
  const std::string_view unit = metric->unit.steps.front().name;
  if (unit.empty()) return fmt::format("{}/req", short_name_of(metric));
  return fmt::format("{}-{}", short_name_of(metric), unit);
}

std::string values_of(const SegmentRecord& segment) {
  std::string text;
  for (const Metric metric : all_metrics()) {
    const auto value = value_of(segment, metric);
    if (!value || !std::isfinite(*value)) continue;
    text += fmt::format(" {:.9g} {}", metric->unit.in_smallest(*value), column_of(metric));
  }
  return text;
}

std::string write_go_benchmark(const RunResult& result, const Analysis&, const ReportOptions&) {
  std::string out = fmt::format("# tracetax {}, run {}\n", printable(result.tool.version, 100),
                                printable(result.run_id, 100));
  out +=
      config_line("cpu", result.machine.cpu_model) + config_line("kernel", result.machine.kernel);
  for (const Metric metric : all_metrics()) {
    if (higher_is_better(metric)) out += fmt::format("Unit {} better=higher\n", column_of(metric));
  }
  // The last part of every name is the number of CPUs: an arm called "x-2" would be taken for it.
  const int cpus = std::max(1, result.machine.cpus);
  for (int cell = 0; cell < static_cast<int>(result.plan.cells.size()); ++cell) {
    for (std::size_t arm = 0; arm < result.suite.arms.size(); ++arm) {
      const std::string name =
          fmt::format("Benchmark{}/target={}/scenario={}/arm={}-{}", base_name(result.suite.name),
                      name_part(target_name(result, cell)), name_part(scenario_name(result, cell)),
                      name_part(result.suite.arms[arm].name), cpus);
      for (const SegmentRecord& segment : result.segments) {
        const bool here = segment.spec.cell == cell && segment.spec.arm == static_cast<int>(arm);
        if (!here || !segment.valid()) continue;
        const std::string values = values_of(segment);
        if (!values.empty()) out += fmt::format("{} {}{}\n", name, segment.requests, values);
      }
    }
  }
  return out;
}

}  // namespace

ReportFormat go_benchmark_format() {
  return {"benchfmt",
          "Go benchmark format for benchstat -col /arm, a line per block",
          {.write = write_go_benchmark}};
}

}  // namespace tracetax

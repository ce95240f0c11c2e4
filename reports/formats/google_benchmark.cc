// The format `gbench`: google-benchmark's JSON, an iteration per block and arm, which its
// compare.py and others read: real time is response p50, CPU time is CPU per request. Void segments
// and those that lack either number are left out: the format has no way to say so that readers
// heed.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "harness/core/metric_value.h"
#include "reports/tables/cell_parts.h"
#include "reports/words/report.h"

namespace tracetax {
namespace {

/// In microseconds, as the format has all times; the others follow as counters of their own.
constexpr std::array kTimes{Metric::cpu_per_request, Metric::response_p50, Metric::response_p99};

struct Entry {
  const SegmentRecord* segment = nullptr;
  double cpu_us = 0, p50_us = 0;
};

Json context_of(const RunResult& result) {
  const MachineFacts& machine = result.machine;
  Json context = Json::object();
  context["date"] = result.started_at;
  context["host_name"] = machine.fingerprint_sha256.substr(0, 16);  // machines have no names here
  context["executable"] = "tracetax " + result.tool.version;
  context["num_cpus"] = machine.cpus;
  context["cpu_scaling_enabled"] =
      machine.governor != "performance" && machine.governor != "unknown";
  context["caches"] = Json::array();
  context["load_avg"] = Json::array({machine.load_before});
  context["library_build_type"] = result.tool.build_type == "Debug" ? "debug" : "release";
  context["suite"] = result.suite.name;
  context["run_id"] = result.run_id;
  context["cpu_model"] = machine.cpu_model;
  return context;
}

std::vector<Entry> entries_of(const RunResult& result, int cell, int arm) {
  std::vector<Entry> entries;
  for (const SegmentRecord& segment : result.segments) {
    const SegmentSpec& spec = segment.spec;
    if (spec.cell != cell || spec.arm != arm || spec.kind != SegmentKind::open) continue;
    if (!segment.valid()) continue;
    const auto cpu_us = value_of(segment, Metric::cpu_per_request);
    const auto p50_ns = value_of(segment, Metric::response_p50);
    if (cpu_us && p50_ns) entries.push_back({&segment, *cpu_us, *p50_ns / 1e3});
  }
  return entries;
}

Json entry_to_json(const std::string& name, int family, const std::vector<Entry>& all,
                   std::size_t index) {
  const SegmentRecord& segment = *all[index].segment;
  Json json = Json::object();
  json["name"] = name;
  json["family_index"] = family;
  json["per_family_instance_index"] = 0;
  json["run_name"] = name;
  json["run_type"] = "iteration";
  json["repetitions"] = all.size();
  json["repetition_index"] = index;
  json["threads"] = 1;
  json["iterations"] = segment.requests;
  json["real_time"] = all[index].p50_us;
  json["cpu_time"] = all[index].cpu_us;
  json["time_unit"] = "us";
  json["block"] = segment.spec.block;
  if (const auto p99_ns = value_of(segment, Metric::response_p99)) json["p99_us"] = *p99_ns / 1e3;
  for (const Metric metric : all_metrics()) {
    if (std::ranges::find(kTimes, metric) != kTimes.end()) continue;
    if (const auto value = value_of(segment, metric))
      json[fmt::format("{}_{}", name_of(metric), unit_of(metric))] = *value;
  }
  return json;
}

std::string write_google_benchmark(const RunResult& result, const Analysis&, const ReportOptions&) {
  Json benchmarks = Json::array();
  int family = 0;
  for (int cell = 0; cell < static_cast<int>(result.plan.cells.size()); ++cell) {
    for (std::size_t arm = 0; arm < result.suite.arms.size(); ++arm) {
      const std::vector<Entry> entries = entries_of(result, cell, static_cast<int>(arm));
      const std::string name =
          fmt::format("{}/{}/arm:{}", target_name(result, cell), scenario_name(result, cell),
                      result.suite.arms[arm].name);
      for (std::size_t i = 0; i < entries.size(); ++i) {
        benchmarks.push_back(entry_to_json(name, family, entries, i));
      }
      ++family;
    }
  }
  Json json = Json::object();
  json["context"] = context_of(result);
  json["benchmarks"] = std::move(benchmarks);
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

ReportFormat google_benchmark_format() {
  return {"gbench",
          "google-benchmark JSON for its compare.py, an iteration per block and arm",
          {.write = write_google_benchmark}};
}

}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/trend/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "harness/analysis/pairs/pairing.h"
#include "harness/core/metric_value.h"

namespace tracetax {
namespace {

/// 1, 2, ... in the order in which they first occur.
class Numbers {
 public:
  int of(const std::string& name) {
    return numbers_.try_emplace(name, static_cast<int>(numbers_.size()) + 1).first->second;
  }

 private:
  std::map<std::string, int> numbers_;
};

void add_values(const HistoryRun& run, std::size_t index, SuiteHistory& history) {
  for (const HistoryValue& value : run.values) {
    auto found = std::ranges::find_if(history.series, [&](const HistorySeries& series) {
      return series.cell == value.cell && series.metric == value.metric && series.arm == value.arm;
    });
    if (found == history.series.end()) {
      history.series.push_back({.cell = value.cell,
                                .metric = value.metric,
                                .arm = value.arm,
                                .control = value.control,
                                .points = {},
                                .shifts = {}});
      history.series.back().points.resize(history.runs.size());
      found = history.series.end() - 1;
    }
    found->points[index] = value.overhead;
  }
}

SuiteHistory history_of(std::string suite, std::vector<HistoryRun> runs, std::size_t most) {
  std::ranges::stable_sort(runs, {}, &HistoryRun::started_at);
  SuiteHistory history;
  history.left_out = runs.size() - std::min(most, runs.size());
  runs.erase(runs.begin(), runs.begin() + static_cast<std::ptrdiff_t>(history.left_out));
  history.suite = std::move(suite);
  history.runs = std::move(runs);
  Numbers machines, forms;
  for (std::size_t i = 0; i < history.runs.size(); ++i) {
    HistoryRun& run = history.runs[i];
    history.machines.push_back(machines.of(run.fingerprint));
    history.forms.push_back(forms.of(run.suite_digest));
    add_values(run, i, history);
    run.values.clear();
  }
  // A cell or an arm that came later stands where it belongs.
  std::vector<std::string> cells;
  for (const HistorySeries& series : history.series) {
    if (std::ranges::find(cells, series.cell) == cells.end()) cells.push_back(series.cell);
  }
  std::ranges::stable_sort(history.series, {}, [&](const HistorySeries& series) {
    return std::tuple(std::ranges::find(cells, series.cell) - cells.begin(), series.metric);
  });
  return history;
}

}  // namespace

HistoryRun history_run(const RunResult& result, std::string file) {
  HistoryRun run{.file = std::move(file),
                 .run_id = result.run_id,
                 .started_at = result.started_at,
                 .label = result.label,
                 .suite = result.suite.name,
                 .suite_digest = result.suite.digest_sha256,
                 .machine = fmt::format("{}, {} of {} CPUs, {}", result.machine.cpu_model,
                                        result.machine.cpus_allowed, result.machine.cpus,
                                        result.machine.kernel),
                 .fingerprint = result.machine.fingerprint_sha256,
                 .values = {}};
  for (int cell = 0; cell < static_cast<int>(result.plan.cells.size()); ++cell) {
    for (const Metric metric : all_metrics()) {
      if (metric->is_detail || !measures(result.suite.design, metric)) continue;
      for (int arm = 1; arm < static_cast<int>(result.suite.arms.size()); ++arm) {
        const ArmSpec& spec = result.suite.arms[static_cast<std::size_t>(arm)];
        if (spec.role == ArmRole::base) continue;
        HistoryValue value{.cell = cell_name(result, cell),
                           .metric = metric,
                           .arm = spec.name,
                           .control = spec.role == ArmRole::sham,
                           .overhead = overhead_of(result, cell, arm, metric)};
        value.overhead.log_ratios.clear();
        run.values.push_back(std::move(value));
      }
    }
  }
  return run;
}

std::vector<SuiteHistory> make_histories(std::vector<HistoryRun> runs, std::size_t most) {
  std::set<std::string> seen;
  std::map<std::string, std::vector<HistoryRun>> by_suite;
  for (HistoryRun& run : runs) {
    if (seen.insert(run.run_id).second) by_suite[run.suite].push_back(std::move(run));
  }
  std::vector<SuiteHistory> out;
  for (auto& [suite, of_suite] : by_suite)
    out.push_back(history_of(suite, std::move(of_suite), most));
  return out;
}

}  // namespace tracetax

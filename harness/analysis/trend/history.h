// Stored results as series over time: per suite, cell, metric and arm the overhead of each result.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "harness/analysis/run_overhead.h"
#include "harness/core/gate/metric.h"
#include "harness/core/run_result.h"

namespace tracetax {

/// One arm of a cell in one metric.
struct HistoryValue {
  std::string cell;
  Metric metric = Metric::cpu_per_request;
  std::string arm;
  bool control = false;  // off once more: it has no reason to move
  RunOverhead overhead;  // without its log-ratios
};

/// A result as far as its history needs it.
struct HistoryRun {
  std::string file, run_id, started_at;
  std::string label;  // RunResult::label; empty: none
  std::string suite, suite_digest;
  std::string machine, fingerprint;  // in words; what tells it from another
  std::vector<HistoryValue> values;  // of traced arms and controls, details left out
};
[[nodiscard]] HistoryRun history_run(const RunResult& result, std::string file);

/// A lasting change, between two stretches of results.
struct Shift {
  std::size_t from = 0;       // the result before which it is, as an index into SuiteHistory::runs
  std::size_t since = 0;      // the first result of the stretch before it
  std::size_t until = 0;      // the last result of the stretch after it
  int before = 0, after = 0;  // results with a number in the two
  double before_pct = 0, after_pct = 0;  // their median overheads
  double change_pct = 0;  // of the ratio on / off: Hodges and Lehmann's shift of the two
  Interval interval_pct;  // of that, 95 %, rank sum
  double p = 1;           // of the permutation test
  bool for_the_worse = false;
  bool machine_changed = false;  // there or beside it
};

/// One arm in one metric over all results of a suite.
struct HistorySeries {
  std::string cell;
  Metric metric = Metric::cpu_per_request;
  std::string arm;
  bool control = false;
  std::vector<std::optional<RunOverhead>> points;  // one per result; nothing: it has no such arm
  std::vector<Shift> shifts;                       // by time: shifts.h
};

struct SuiteHistory {
  std::string suite;
  std::vector<HistoryRun> runs;  // by time; their values have moved into series
  /// Per result which machine it is from, 1 for the first that occurs, and which form of the suite
  /// it measured, likewise: results of different forms are not comparable.
  std::vector<int> machines, forms;
  std::size_t left_out = 0;           // older ones
  std::vector<HistorySeries> series;  // by cell, metric, arm as they first occur
};

/// By suite, in the order of names, each of its newest `most` results. A run that is there twice
/// counts once.
[[nodiscard]] std::vector<SuiteHistory> make_histories(std::vector<HistoryRun> runs,
                                                       std::size_t most);

}  // namespace tracetax

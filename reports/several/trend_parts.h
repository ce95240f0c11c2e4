// What is said of a history, before a format lays it out.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/analysis/trend/history.h"
#include "harness/analysis/trend/shifts.h"
#include "reports/tables/table.h"

namespace tracetax {

/// A history and what was done to it; points into it.
struct TrendView {
  const std::vector<SuiteHistory>& histories;
  ShiftSearch search;
  std::vector<std::string> skipped;  // files that cannot be read, with the reason
  std::size_t width = 100;           // of text; at least 60
};

struct SuiteTrend {
  std::string title;                // "nightly: 60 results, 2026-09-01 to 2026-11-20"
  std::string lead;                 // what shifted, in a sentence
  std::vector<std::string> shifts;  // a sentence each, the newest first
  std::vector<std::string> notes;   // machines and forms of the suite
  Table now;                        // a row per series: the newest overhead, and the level
  Table results;                    // a row per result
};

struct TrendParts {
  std::vector<SuiteTrend> suites;
  std::vector<std::string> warnings;
  std::string method, limits;  // in a sentence; in full
};

[[nodiscard]] TrendParts trend_parts(const TrendView& view);

/// "c0ffee01" of a commit, other labels as they are, "" of none.
[[nodiscard]] std::string brief_label(const HistoryRun& run);
/// "2026-11-20".
[[nodiscard]] std::string day_of(const HistoryRun& run);
/// "c0ffee01 (2026-11-20)"; "2026-11-20 02:00" without a label.
[[nodiscard]] std::string name_of(const HistoryRun& run);
/// "+10 % [+9.2, +11]".
[[nodiscard]] std::string size_text(const Shift& shift);

}  // namespace tracetax

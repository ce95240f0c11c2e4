// Two runs against each other as text, Markdown and JSON.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "harness/analysis/run_comparison.h"
#include "harness/core/run_result.h"
#include "harness/core/text/error.h"
#include "reports/tables/table.h"

namespace tracetax {

inline constexpr std::string_view kComparisonSchema = "tracetax/comparison";
inline constexpr std::string_view kComparisonSchemaVersion = "1.0.0";

/// A run and the file that it was read from.
struct ComparedRun {
  std::string file;
  const RunResult* result = nullptr;
};

struct ComparisonView {
  ComparedRun before, after;
  bool forced = false;      // compared with --force although something forbids it
  std::size_t width = 100;  // of text; at least 60
};

[[nodiscard]] std::string write_comparison_text(const RunComparison& comparison,
                                                const ComparisonView& view);
[[nodiscard]] std::string write_comparison_markdown(const RunComparison& comparison,
                                                    const ComparisonView& view);
[[nodiscard]] std::string write_comparison_json(const RunComparison& comparison,
                                                const ComparisonView& view);

/// What is said of a comparison, before a format lays it out.
struct ComparisonParts {
  std::string verdict;               // a sentence
  std::vector<std::string> remarks;  // warnings, what is void and why, what the method cannot see
  std::string before, after;         // the runs: file, suite, time
  std::vector<std::pair<std::string, Table>> cells;  // by name; a row for each metric and arm
  Table differences;                                 // between the runs
};
[[nodiscard]] ComparisonParts comparison_parts(const RunComparison& comparison,
                                               const ComparisonView& view);

/// The differences that forbid a comparison and the others, a line each: what a refusal prints.
[[nodiscard]] std::string list_differences(const std::vector<RunDifference>& differences);

}  // namespace tracetax

// The rows of the framework tables: what is known of each target of a run by itself, gathered once
// for all tables and formats, and their order by one quantity. No words and no layout here.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/analysis/comparison.h"
#include "harness/analysis/pairs/level.h"
#include "harness/analysis/rank_range.h"
#include "harness/core/run_result.h"
#include "reports/fidelity/held_against.h"

namespace tracetax {

/// What one arm came to.
struct ArmRow {
  int arm = 0;  // index into Suite::arms
  std::map<Metric, Level> levels;
  std::map<Metric, const Comparison*> changes;  // against `off`; points into the Analysis
  /// Spans of a request, sampled or not, over every segment whose receipt knows what had to come.
  std::optional<double> spans_expected, spans_received;
};

/// What the spans of a target are like: counted in the valid segments of the arm that samples most,
/// so they have no interval.
struct RowSpans {
  std::optional<double> per_request;  // spans of a sampled request, all processes together
  std::optional<double> attributes, events, bytes;  // of one span
  std::optional<int> propagation_bytes;  // per request, from the driver to the target: computed
};

struct FrameworkRow {
  int cell = 0;
  std::string name;      // "gin", or "gin / get-user" where that target has several scenarios; of a
                         // pair its name, without what tells its two targets apart
  std::string protocol;  // the kind of its scenario
  bool is_http = false;  // requests over HTTP for their own sake, else RPC
  std::string base;      // the state that `off` means: "absent" or "noop"
  bool emulated = false;
  std::string kind;                 // "emulated" "real" "command" "attached"
  std::optional<HeldAgainst> held;  // of an emulation
  Sampling sampling = Sampling::caller;
  double rate = 0;  // requests/s offered; 0: not yet known
  std::map<Metric, Level> off;
  std::vector<ArmRow> traced;       // the arms that export, those that sample most first
  const CostModel* cost = nullptr;  // points into the Analysis
  RowSpans spans;
  /// Voluntary context switches per request, medians over blocks: hand-offs between threads, and
  /// waiting. Without tracing, and in the arm that samples most.
  std::optional<double> switches_off, switches_traced;
};

using FrameworkRows = std::vector<FrameworkRow>;

/// One row per cell, in the plan's order, measured or not. `analysis` must outlive the rows.
/// `describe` says what the kinds of the scenarios do, if anybody knows.
[[nodiscard]] FrameworkRows framework_rows(const RunResult& result, const Analysis& analysis,
                                           DescribeScenario describe);

/// The rows that are real, then those that are emulated; a group without rows is left out.
[[nodiscard]] std::vector<FrameworkRows> by_kind(const FrameworkRows& rows);

/// Those of HTTP, or the others.
[[nodiscard]] FrameworkRows by_transport(const FrameworkRows& rows, bool http);

/// The traced row of `arm`, or of the arm that samples most; null if the target has none.
[[nodiscard]] const ArmRow* traced_in(const FrameworkRow& row, int arm);
[[nodiscard]] const ArmRow* most_sampled(const FrameworkRow& row);

/// Indexes into Suite::arms of all that export, those that sample most first.
[[nodiscard]] std::vector<int> traced_arms(const FrameworkRows& rows);

/// Null without such an arm or comparison.
[[nodiscard]] const Comparison* change_in(const ArmRow* traced, Metric metric);
/// All of what tracing adds in CPU per request, in the arm that samples most.
[[nodiscard]] const Comparison* overhead(const FrameworkRow& row);
[[nodiscard]] std::optional<double> percent(const Comparison* change);

struct RankedRow {
  FrameworkRow row;
  std::optional<RankRange> rank;
};
/// What rows are ranked by: a value, and the same by block, in which they are told apart.
struct FrameworkOrder {
  std::function<std::optional<double>(const FrameworkRow&)> value;
  std::function<BlockValues(const FrameworkRow&)> by_block;
  bool most_first = false;
};
[[nodiscard]] FrameworkOrder by_level(Metric metric, bool most_first);
/// In `arm`, or in the one that samples most.
[[nodiscard]] FrameworkOrder by_change(Metric metric, std::optional<int> arm, bool most_first);
[[nodiscard]] FrameworkOrder by_b();

/// Best first. What has no value stands last, in its old order.
[[nodiscard]] std::vector<RankedRow> ranked(FrameworkRows rows, const FrameworkOrder& order);

/// Whether a run is about several targets, so that there is something to compare. Not of a closed
/// loop, which shows what exporters come to: reports/exporters.
[[nodiscard]] bool has_several_targets(const RunResult& result);

/// Whether reports show how they rank: several targets at one load, each arm against `off`, and no
/// verdict to be about.
[[nodiscard]] bool ranks_targets(const RunResult& result, const Analysis& analysis);

}  // namespace tracetax

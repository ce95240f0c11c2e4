// Two stored runs against each other: how the overhead of each arm, its paired ratio to off within
// its own run, changed from one to the other. Never absolute numbers, which differ with the hour. A
// pure function of the two records; all of it is recomputed from their segments.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/analysis/gate/judgement.h"
#include "harness/analysis/gate/margins.h"
#include "harness/analysis/run_differences.h"
#include "harness/analysis/run_overhead.h"
#include "harness/core/gate/metric.h"
#include "harness/core/run_result.h"
#include "harness/core/text/effect_text.h"

namespace tracetax {

enum class Change {
  improved,       // by more than the margin
  regressed,      // by more than the margin
  within_margin,  // shown to have changed by less than the margin, either way
  cannot_tell,    // the blocks do not say
  void_,          // no number: too few blocks, or segments that spoil any verdict
};
[[nodiscard]] std::string_view name_of(Change change);  // "regressed", "within the margin", ...

/// One arm in one metric, `before` against `after`.
struct OverheadChange {
  std::string cell;
  Metric metric = Metric::cpu_per_request;
  std::string arm;
  bool control =
      false;  // off2: tells what the sessions do to the ratios; never regressed or improved
  bool decides = false;  // exit code 0 needs this one to be shown not worse
  double margin_pct = 0;
  RunOverhead before, after;
  std::optional<double> change_pct;      // of the ratio on / off; positive = the ratio is larger
  std::optional<Interval> interval_pct;  // of that, 90 %: its ends are the one-sided tests
  double p_worse = 1, p_worse_holm = 1;  // of "no worse than the margin", against "worse"
  double p_better = 1, p_better_holm = 1;
  double p_not_worse = 1, p_not_better = 1;
  Change change = Change::void_;
  std::string reason;  // why void
};

struct RunComparison {
  std::vector<RunDifference> differences;
  std::vector<OverheadChange> changes;  // by cell, metric, arm in the order of `before`
  std::vector<std::string> only_one;    // cells and arms that one run lacks
  std::vector<std::string> warnings;
  Verdict verdict = Verdict::inconclusive;  // pass: no arm regressed; never invalid
};

inline constexpr double kCompareAlpha = 0.05;

/// The blocks' log-ratios of the two runs are two independent samples, because their blocks were
/// never side by side. The shift between them is Hodges and Lehmann's. Its interval and its tests
/// are exact rank-sum (stats/rank_sum.h). They assume that the two samples differ in their place
/// alone, and that blocks do not depend on each other. They cannot see what a session as a whole
/// does to a ratio.
///
/// "Regressed" and "improved" are corrected by Holm over all comparisons but the controls. "Within
/// noise", the reports' word for what no test tells from nothing, is none of these: a change within
/// the margin is shown to be small. The verdict is fail if an arm regressed. It is pass if every
/// deciding comparison is shown to be not worse than the margin (no correction: all must be).
/// Otherwise it is inconclusive. CPU per request decides, and so does what either run was gated on.
[[nodiscard]] RunComparison compare_runs(const RunResult& before, const RunResult& after,
                                         const Margins& margins);

}  // namespace tracetax

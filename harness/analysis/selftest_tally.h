// What many selftest runs add up to.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/analysis/selftest_record.h"

namespace tracetax {

struct SelftestTally {
  std::string asked, suite, budget, cpu_model, first_at, last_at;
  Effort effort = Effort::quick;
  int cpus = 0;
  int runs = 0;
  std::map<Verdict, int> verdicts;
  int judged = 0;                    // runs that were not invalid
  Verdict expected = Verdict::pass;  // by what was injected and the budget
  int as_expected = 0;               // of all runs where invalid is expected, else of those judged
  double fail_upper = 1;             // 95 % upper bound of the rate of FAIL among those judged
  double expected_lower = 0;         // 95 % lower bound of the rate of the expected verdict
  int called_higher = 0, called_lower = 0;  // at a bound of zero, one-sided 5 % each, all pairs
  double seconds_mean = 0;
  double pairs_mean = 0;
  std::optional<double> spread_pct;  // standard deviation of one pair's log-ratio
  std::array<std::optional<double>, 3> detectable_pct;  // with 80 % power: quick, ci, full
  std::optional<double> truth_pct, estimate_pct;        // means over the runs judged
  int covered = 0, with_truth = 0;                      // intervals that hold the truth
  std::uint64_t spans_expected = 0, spans_received = 0;
};

/// One tally for each (asked, suite, effort, budget, machine) in `records`, in the order they first
/// came.
[[nodiscard]] std::vector<SelftestTally> tally_selftests(
    const std::vector<SelftestRecord>& records);

/// Whether it proves what it should: an A/A whose rate of FAIL is not above 5 % beyond chance; an
/// injection with at most one run in twenty that did not give the expected verdict.
[[nodiscard]] bool holds(const SelftestTally& tally);

/// A few lines for a terminal.
[[nodiscard]] std::string describe(const SelftestTally& tally);

}  // namespace tracetax

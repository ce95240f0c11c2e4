// The verdict of a gate: every gated metric tested against its bound, and one word for the run. A
// pure function of the record of the run. `tracetax gate` prints it, and `gate --from` computes it
// again. The method: exact signed-rank tests of paired differences at planned looks; for FAIL Holm
// over the required tests; for PASS all of them (intersection-union). What makes a run INVALID is
// looked for before any test.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/gate/gate_spec.h"
#include "harness/core/run_result.h"
#include "harness/core/text/effect_text.h"
#include "harness/core/text/error.h"
#include "harness/stats/sequential.h"

namespace tracetax {

enum class Verdict { pass, fail, inconclusive, invalid };
[[nodiscard]] std::string_view name_of(Verdict verdict);  // "pass" "fail" "inconclusive" "invalid"

/// What a test asks of an arm.
enum class Question {
  budget,      // does it cost more than its budget against `off`?
  regression,  // is it worse than the same arm of the base revision by more than the margin?
};
[[nodiscard]] std::string_view name_of(Question question);

/// What was found at one look.
struct LookResult {
  Look look;
  double p_fail = 1;  // of "within the bound", against "beyond it"
  double p_pass = 1;  // the other way round
};

struct GatedTest {
  int cell = 0;
  Metric metric = Metric::cpu_per_request;
  Question question = Question::budget;
  std::string arm, reference;
  bool required = true;
  Budget budget;          // as asked; of a regression its margin
  bool absolute = false;  // the absolute bound is the larger one and was tested
  double bound = 0;       // that was tested: percent, or unit_of(metric)

  int pairs = 0;                          // used: those of the last look, or all without one
  int pairs_usable = 0;                   // measured, valid and with the value
  int pairs_void = 0, pairs_lacking = 0;  // lost: a segment is void; the value is missing
  std::optional<double> reference_value, arm_value;  // medians over the pairs, unit_of(metric)
  std::optional<double> estimate_pct;    // Hodges-Lehmann; positive = the arm's value is higher
  std::optional<Interval> interval_pct;  // repeated interval, at the level of the last look
  std::optional<double> estimate;  // the same of the difference, unit_of(metric), if `absolute`
  std::optional<Interval> interval;
  std::optional<double> ratio_of_means_pct;
  std::vector<double> log_ratios;  // of the pairs used, ln(arm / reference), in block order

  std::vector<LookResult> looks;  // done; empty with StopRule::anytime
  double p_fail = 1, p_pass = 1;  // valid at whatever look or pair one stops
  double p_fail_holm = 1;         // over all tests of its kind, required or advisory
  std::optional<double>
      detectable_pct;  // found with 80 % power at the last planned look, beyond the bound
  std::optional<int> pairs_needed;  // to settle an inconclusive one, about

  Verdict verdict = Verdict::inconclusive;
  std::string reason;  // why not pass or fail, or a caution

  /// What the estimate makes of the reference's median; see Comparison::implied_on.
  [[nodiscard]] std::optional<double> implied_value() const {
    if (!reference_value || !(absolute ? estimate : estimate_pct)) return std::nullopt;
    if (absolute) return *reference_value + *estimate;
    return *reference_value * (1 + *estimate_pct / 100);
  }
};

struct Judgement {
  Verdict verdict = Verdict::invalid;
  std::vector<GatedTest> tests;      // by cell, metric, arm: budget, then regression
  std::vector<std::string> invalid;  // why, empty unless verdict is invalid
  std::vector<std::string> warnings;
};

/// result.gate must be there.
[[nodiscard]] Judgement judge(const RunResult& result);

/// Whether more blocks of this cell can change nothing that matters. That is so if every required
/// test of it has passed, if one is sure to fail whatever the other cells say, or if the run is
/// invalid already.
[[nodiscard]] bool is_settled(const Judgement& judgement, const RunResult& result, int cell);

/// 0, 1, 3 or 4; an inconclusive verdict as the policy says.
[[nodiscard]] ExitCode exit_code_of(Verdict verdict, InconclusivePolicy policy);

}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/gate/judgement.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "harness/analysis/gate/gate_question.h"
#include "harness/analysis/gate/gate_validity.h"
#include "harness/analysis/pairs/pairing.h"
#include "harness/stats/holm.h"

namespace tracetax {
namespace {

int arm_index(const Suite& suite, std::string_view name) {
  const auto found = std::ranges::find(suite.arms, name, &ArmSpec::name);
  return static_cast<int>(found - suite.arms.begin());
}

/// Fills in the adjusted p-values, within the required tests and within the advisory ones.
void adjust(std::vector<GatedTest>& tests) {
  for (const bool required : {true, false}) {
    std::vector<double> p;
    for (const GatedTest& test : tests) {
      if (test.required == required) p.push_back(test.p_fail);
    }
    const std::vector<double> adjusted = holm_adjusted(p);
    auto next = adjusted.begin();
    for (GatedTest& test : tests) {
      if (test.required == required) test.p_fail_holm = *next++;
    }
  }
}

/// A cell that was ended early, by an interrupt or a limit of time, may lack data; one that went
/// through all its blocks may not.
bool is_measured_to_the_end(const RunResult& result, int cell) {
  const auto of_cell = [cell](const auto& segment) { return segment.cell == cell; };
  return std::ranges::count_if(result.segments, of_cell, &SegmentRecord::spec) >=
         std::ranges::count_if(result.plan.segments, of_cell);
}

bool was_looked_at(const GatedTest& test, const GateSpec& gate) {
  return gate.stop == StopRule::anytime ? test.pairs > 0 : !test.looks.empty();
}

std::string why_no_data(const GatedTest& test, const GateSpec& gate) {
  return fmt::format(
      "{} usable pairs, the first look needs {}; {} lost to void segments, {} without this value",
      test.pairs_usable, gate.looks.front().pairs, test.pairs_void, test.pairs_lacking);
}

/// Hodges-Lehmann is the cost of a typical block: cost that comes in bursts shows in the means
/// only.
std::string uneven(const GatedTest& test) {
  if (!test.estimate_pct || !test.interval_pct || !test.ratio_of_means_pct) return "";
  const double half = (test.interval_pct->high - test.interval_pct->low) / 2;
  if (std::abs(*test.estimate_pct - *test.ratio_of_means_pct) <= half) return "";
  return fmt::format("uneven over blocks: the ratio of means is {}, the typical block's {}",
                     format_percent(*test.ratio_of_means_pct, *test.interval_pct),
                     format_percent(*test.estimate_pct, *test.interval_pct));
}

/// If a value is missing so often, whatever makes it be there has chosen the blocks that have it.
/// This holds in the middle of a run too, as it does for lost blocks.
bool lost_too_many(const GatedTest& test) {
  const int lost = test.pairs_void + test.pairs_lacking;
  return are_too_many_lost(lost, test.pairs_usable + lost);
}

std::string why_too_many_lost(const GatedTest& test) {
  const int lost = test.pairs_void + test.pairs_lacking;
  return fmt::format(
      "{} of {} pairs are lost, {} to void segments, {} without this value; at most a quarter may "
      "be",
      lost, test.pairs_usable + lost, test.pairs_void, test.pairs_lacking);
}

void give_verdict(GatedTest& test, const GateSpec& gate, bool ended) {
  if (!was_looked_at(test, gate)) {
    test.verdict = ended || lost_too_many(test) ? Verdict::invalid : Verdict::inconclusive;
    test.reason = why_no_data(test, gate);
  } else if (lost_too_many(test)) {
    test.verdict = Verdict::invalid;
    test.reason = why_too_many_lost(test);
  } else if (test.p_fail_holm <= gate.alpha) {
    test.verdict = Verdict::fail;
    test.reason = uneven(test);
  } else if (test.p_pass <= gate.alpha) {
    test.verdict = Verdict::pass;
    test.reason = uneven(test);
  } else {
    test.verdict = Verdict::inconclusive;
    test.reason = uneven(test);
  }
}

Verdict overall(const Judgement& judgement, bool whole) {
  if (!judgement.invalid.empty()) return Verdict::invalid;
  bool all_pass = whole;
  for (const GatedTest& test : judgement.tests) {
    if (!test.required) continue;
    if (test.verdict == Verdict::fail) return Verdict::fail;
    all_pass = all_pass && test.verdict == Verdict::pass;
  }
  return all_pass ? Verdict::pass : Verdict::inconclusive;
}

std::string test_name(const GatedTest& test, const RunResult& result) {
  return fmt::format("{}: {} of {} against {}", cell_name(result, test.cell), label_of(test.metric),
                     test.arm, test.reference);
}

std::vector<GateQuestion> questions_of(const RunResult& result, int cell) {
  const Suite& suite = result.suite;
  std::vector<GateQuestion> questions;
  for (const GateMetric& gated : result.gate->metrics) {
    for (const std::string& name : result.gate->arms) {
      const int arm = arm_index(suite, name);
      questions.push_back({cell, gated, Question::budget, 0, arm});
      const int base = arm_index(suite, base_arm_name(name));
      if (base == static_cast<int>(suite.arms.size())) continue;
      questions.push_back({cell, gated, Question::regression, base, arm});
    }
  }
  return questions;
}

}  // namespace

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return "pass";
    case Verdict::fail:
      return "fail";
    case Verdict::inconclusive:
      return "inconclusive";
    case Verdict::invalid:
      return "invalid";
  }
  return "";
}

std::string_view name_of(Question question) {
  return question == Question::budget ? "budget" : "regression";
}

Judgement judge(const RunResult& result) {
  const GateSpec& gate = *result.gate;
  Judgement judgement;
  for (int cell = 0; cell < static_cast<int>(result.plan.cells.size()); ++cell) {
    const CellSegments segments(result, cell);
    int looked_at = -1;
    for (const GateQuestion& question : questions_of(result, cell)) {
      judgement.tests.push_back(run_test(question, segments, result));
      if (question.gated.required) {
        looked_at = std::max(looked_at, last_block_looked_at(question, segments, result));
      }
    }
    for (std::string& reason : find_invalidity(result, cell, looked_at)) {
      judgement.invalid.push_back(std::move(reason));
    }
  }
  adjust(judgement.tests);
  for (GatedTest& test : judgement.tests) {
    give_verdict(test, gate, is_measured_to_the_end(result, test.cell));
    if (test.required && test.verdict == Verdict::invalid) {
      judgement.invalid.push_back(test_name(test, result) +
                                  (was_looked_at(test, gate) ? ": " : " has no data: ") +
                                  test.reason);
    }
    if (!uneven(test).empty())
      judgement.warnings.push_back(test_name(test, result) + ": " + uneven(test));
  }
  if (result.status == RunStatus::invalid) judgement.invalid.push_back(result.partial_reason);
  if (std::ranges::none_of(judgement.tests, &GatedTest::required)) {
    judgement.invalid.push_back(
        "nothing was judged: the record has no cell, or no required metric");
  }
  judgement.verdict = overall(judgement, result.status == RunStatus::complete);
  return judgement;
}

bool is_settled(const Judgement& judgement, const RunResult& result, int cell) {
  if (!judgement.invalid.empty()) return true;
  const GateSpec& gate = *result.gate;
  const auto required = std::ranges::count_if(judgement.tests, &GatedTest::required);
  bool all_pass = true, last_look_done = true;
  for (const GatedTest& test : judgement.tests) {
    if (!test.required || test.cell != cell) continue;
    // Bonferroni is the worst that Holm can make of it.
    if (test.p_fail * static_cast<double>(required) <= gate.alpha) return true;
    all_pass = all_pass && test.p_pass <= gate.alpha;
    last_look_done = last_look_done && test.pairs_usable >= gate.looks.back().pairs;
  }
  return all_pass || last_look_done;
}

ExitCode exit_code_of(Verdict verdict, InconclusivePolicy policy) {
  switch (verdict) {
    case Verdict::pass:
      return ExitCode::pass;
    case Verdict::fail:
      return ExitCode::fail;
    case Verdict::invalid:
      return ExitCode::invalid;
    case Verdict::inconclusive:
      break;
  }
  if (policy == InconclusivePolicy::fail) return ExitCode::fail;
  return policy == InconclusivePolicy::pass ? ExitCode::pass : ExitCode::inconclusive;
}

}  // namespace tracetax

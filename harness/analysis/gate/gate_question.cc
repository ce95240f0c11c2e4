// How one gated test is computed: the pairs, the bound that was chosen, the looks reached, and the
// interval that matches them. It gives no verdict.
// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/gate/gate_question.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "harness/analysis/pairs/percent.h"
#include "harness/core/metric_value.h"
#include "harness/stats/e_process.h"
#include "harness/stats/power.h"
#include "harness/stats/sample.h"
#include "harness/stats/signed_rank.h"

namespace tracetax {
namespace {

constexpr std::size_t kFewestForInterval = 6;

Pairs pairs_of(const GateQuestion& question, const CellSegments& segments) {
  const Metric metric = question.gated.metric;
  return make_pairs(segments, question.reference, question.arm, metric->kind,
                    [metric](const SegmentRecord& segment) { return value_of(segment, metric); });
}

/// The planned looks for which there are pairs enough.
std::span<const Look> looks_reached(const GateSpec& gate, std::size_t pairs) {
  const auto reached = std::ranges::find_if(
      gate.looks, [&](const Look& look) { return static_cast<std::size_t>(look.pairs) > pairs; });
  return {gate.looks.begin(), reached};
}

/// Pairs that count: with looks those of the last one reached, so that the interval and the p-value
/// speak of the same data.
std::size_t pairs_counted(const GateSpec& gate, std::size_t usable) {
  if (gate.stop == StopRule::anytime) {
    return std::min(usable, static_cast<std::size_t>(gate.looks.back().pairs));
  }
  const auto reached = looks_reached(gate, usable);
  return reached.empty() ? usable : static_cast<std::size_t>(reached.back().pairs);
}

std::vector<double> differences_of(const Pairs& pairs, bool absolute) {
  std::vector<double> all = pairs.log_ratios;
  if (!absolute) return all;
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = pairs.on[i] - pairs.off[i];
  return all;
}

/// The interval that matches the way the test stops.
std::optional<Interval> interval_of(std::span<const double> differences, const GateSpec& gate) {
  if (gate.stop == StopRule::anytime) {
    const auto open_ended = betting_interval(differences, gate.alpha);
    if (!open_ended) return std::nullopt;
    return Interval{open_ended->low, open_ended->high, 1 - 2 * gate.alpha};
  }
  if (differences.size() < kFewestForInterval) return std::nullopt;
  const auto reached = looks_reached(gate, differences.size());
  const double alpha = reached.empty() ? gate.looks.front().alpha : reached.back().alpha;
  const auto exact = signed_rank_interval(differences, 1 - 2 * alpha);
  if (!exact) return std::nullopt;
  return Interval{.low = exact->low, .high = exact->high, .level = exact->coverage};
}

Interval in_percent(const Interval& logs) { return percent_of(logs.low, logs.high, logs.level); }

/// Chooses between the two forms of a budget, at the middle of the reference.
void choose_bound(const GateQuestion& question, std::optional<double> middle, GatedTest& test) {
  if (question.question == Question::regression) {
    test.budget = {.pct = question.gated.regress_pct, .absolute = {}};
  } else {
    test.budget = question.gated.budget;
  }
  const Budget& budget = test.budget;
  test.absolute =
      budget.absolute && (!budget.pct || *budget.absolute > *budget.pct / 100 * middle.value_or(0));
  test.bound = test.absolute ? *budget.absolute : budget.pct.value_or(0);
}

void test_bound(const GateSpec& gate, const std::vector<double>& towards_worse, double shift,
                GatedTest& test) {
  if (gate.stop == StopRule::anytime) {
    const auto counted = std::span(towards_worse).first(pairs_counted(gate, towards_worse.size()));
    test.p_fail = anytime_p(counted, shift, Side::greater);
    test.p_pass = anytime_p(counted, shift, Side::less);
    return;
  }
  std::vector<LookP> fail, pass;
  for (const Look& look : looks_reached(gate, towards_worse.size())) {
    const auto p =
        signed_rank_p(std::span(towards_worse).first(static_cast<std::size_t>(look.pairs)), shift);
    test.looks.push_back({.look = look, .p_fail = p.greater, .p_pass = p.less});
    fail.push_back({look, p.greater});
    pass.push_back({look, p.less});
  }
  test.p_fail = sequential_p(fail, gate.alpha);
  test.p_pass = sequential_p(pass, gate.alpha);
}

void estimate(const GateSpec& gate, const Pairs& used, GatedTest& test) {
  if (const auto middle = hodges_lehmann(used.log_ratios)) test.estimate_pct = percent_of(*middle);
  if (const auto interval = interval_of(used.log_ratios, gate))
    test.interval_pct = in_percent(*interval);
  test.ratio_of_means_pct = 100 * (*mean(used.on) / *mean(used.off) - 1);
  if (!test.absolute) return;
  const std::vector<double> differences = differences_of(used, true);
  test.estimate = hodges_lehmann(differences);
  test.interval = interval_of(differences, gate);
}

Pairs first(const Pairs& pairs, std::size_t count) {
  Pairs some = pairs;
  for (auto* values : {&some.off, &some.on, &some.log_ratios}) values->resize(count);
  some.blocks.resize(count);
  return some;
}

}  // namespace

GatedTest run_test(const GateQuestion& question, const CellSegments& segments,
                   const RunResult& result) {
  const GateSpec& gate = *result.gate;
  const Pairs pairs = pairs_of(question, segments);
  GatedTest test;
  test.cell = question.cell;
  test.metric = question.gated.metric;
  test.question = question.question;
  test.arm = result.suite.arms[static_cast<std::size_t>(question.arm)].name;
  test.reference = result.suite.arms[static_cast<std::size_t>(question.reference)].name;
  test.required = question.gated.required;
  test.pairs_usable = static_cast<int>(pairs.log_ratios.size());
  test.pairs_void = pairs.lost_void;
  test.pairs_lacking = pairs.lost_value;

  const Pairs used = first(pairs, pairs_counted(gate, pairs.log_ratios.size()));
  test.pairs = static_cast<int>(used.log_ratios.size());
  test.log_ratios = used.log_ratios;
  test.reference_value = median(used.off);
  test.arm_value = median(used.on);
  choose_bound(question, test.reference_value, test);
  if (used.log_ratios.empty()) return test;

  const double sign = higher_is_better(test.metric) ? -1 : 1;
  std::vector<double> towards_worse = differences_of(pairs, test.absolute);
  for (double& difference : towards_worse) difference *= sign;
  const double shift = test.absolute ? test.bound : sign * std::log1p(sign * test.bound / 100);
  test_bound(gate, towards_worse, shift, test);
  estimate(gate, used, test);

  const auto counted = std::span(towards_worse).first(used.log_ratios.size());
  const Look& last = gate.looks.back();
  if (const auto found = detectable_shift(counted, last.pairs, last.alpha)) {
    test.detectable_pct =
        test.absolute ? 100 * *found / *test.reference_value : sign * percent_of(sign * *found);
  }
  if (const auto middle = hodges_lehmann(counted)) {
    test.pairs_needed = pairs_to_detect(counted, std::abs(*middle - shift), last.alpha);
  }
  return test;
}

std::vector<int> checkpoints_of(const GateSpec& gate) {
  std::vector<int> pairs;
  const int first = static_cast<int>(kFewestForInterval);
  if (gate.stop == StopRule::anytime && gate.looks.front().pairs > first) pairs.push_back(first);
  for (const Look& look : gate.looks) pairs.push_back(look.pairs);
  return pairs;
}

int last_block_looked_at(const GateQuestion& question, const CellSegments& segments,
                         const RunResult& result) {
  const Pairs pairs = pairs_of(question, segments);
  int block = -1;
  for (const int checkpoint : checkpoints_of(*result.gate)) {
    const auto count = static_cast<std::size_t>(checkpoint);
    if (count <= pairs.blocks.size()) block = pairs.blocks[count - 1];
  }
  return block;
}

}  // namespace tracetax

// Comparisons: per cell, metric and arm the paired ratio to `off`, with its interval and its word.
// Pure functions of a RunResult. The method: log-ratios within a block, the Hodges-Lehmann estimate
// and the exact signed-rank interval over blocks (Hollander, Wolfe & Chicken, Nonparametric
// Statistical Methods, chapter 3).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/analysis/cost_model.h"
#include "harness/analysis/gate/judgement.h"
#include "harness/analysis/sampled_effect.h"
#include "harness/analysis/word_rule.h"
#include "harness/core/gate/metric.h"
#include "harness/core/run_result.h"
#include "harness/core/text/effect_text.h"

namespace tracetax {

/// One arm against the reference in one metric. Without six pairs the word is void, and there are
/// medians but no effect.
struct Comparison {
  int cell = 0;
  Metric metric = Metric::cpu_per_request;
  std::string arm;
  std::string reference;   // "off", or what the suite says
  int blocks = 0;          // pairs used
  int blocks_void = 0;     // pairs lost to void segments
  int blocks_lacking = 0;  // valid, but without the value (a p99 that nothing supports)
  std::optional<double> off_value, on_value;  // medians over the paired blocks, unit_of(metric)
  std::optional<double> estimate_pct;  // 100 (exp(HL) - 1); positive = the arm's value is higher,
                                       // for capacity too (where lower is worse)
  std::optional<Interval> interval_pct;
  std::optional<double> ratio_of_means_pct;
  /// Of the exact signed-rank test, two-sided; and what the corrections of word_rule.h make of it.
  std::optional<double> p, p_adjusted;
  Word word = Word::void_;
  std::string reason;              // why void, or a caution
  std::vector<double> log_ratios;  // per paired block, in block order: what the test used
  std::vector<int> paired_blocks;  // which those are

  /// What the estimate makes of the reference's median. Shown in place of the arm's own median,
  /// which is of the blocks' levels and not of their ratios, and may lie on the other side. The
  /// arm's own all the same where there is no estimate.
  [[nodiscard]] std::optional<double> implied_on() const {
    if (!off_value || !estimate_pct) return on_value;
    return *off_value * (1 + *estimate_pct / 100);
  }
};

struct Analysis {
  std::vector<Comparison> comparisons;  // by cell, metric, arm in suite order
  WordRule words;
  std::vector<CostModel> cost_models;  // one per cell
  std::vector<SampledEffect> sampled_effects;
  std::vector<std::string> warnings;   // of run, segments and comparisons; see warnings.h
  std::optional<Judgement> judgement;  // where the run is one that is judged
};

/// Every cell, every metric that the suite asked for, every arm that has a reference.
[[nodiscard]] Analysis analyse(const RunResult& result);

}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/analysis/pairs/pairing.h"
#include "harness/analysis/pairs/percent.h"
#include "harness/analysis/warnings.h"
#include "harness/core/metric_value.h"
#include "harness/stats/sample.h"
#include "harness/stats/signed_rank.h"

namespace tracetax {
namespace {

constexpr double kLevel = 0.95;

/// "void segments: receipt_open in 5, driver_lag in 1".
std::string lost_to(const Pairs& pairs) {
  std::vector<std::pair<int, VoidRule>> rules;
  for (const auto& [rule, segments] : pairs.lost_to) rules.emplace_back(segments, rule);
  std::stable_sort(rules.begin(), rules.end(),
                   [](const auto& left, const auto& right) { return left.first > right.first; });
  std::string text = "void segments:";
  for (const auto& [segments, rule] : rules) {
    text += fmt::format("{} {} in {}", text.back() == ':' ? "" : ",", name_of(rule), segments);
  }
  return text;
}

std::string too_few_pairs(const Pairs& pairs, Metric metric) {
  if (pairs.measured == 0) return "not measured";
  if (pairs.of_launches) {
    const std::string lost =
        pairs.lost_void + pairs.lost_value == 0
            ? ""
            : fmt::format(" of {}{}", pairs.measured,
                          pairs.lost_to.empty() ? "" : ", for " + lost_to(pairs));
    return fmt::format(
        "n = {} launch{}{}, no interval: blocks on one launch count as one, and a 95 % interval "
        "needs 6 launches; plan more blocks, or a fresh launch after fewer "
        "(--set design.fresh_every=1)",
        pairs.log_ratios.size(), pairs.log_ratios.size() == 1 ? "" : "es", lost);
  }
  const auto usable = pairs.log_ratios.size();
  if (pairs.lost_void > 0) {
    const std::string without =
        pairs.lost_value == 0
            ? ""
            : fmt::format("; {} more lack this value: {}", pairs.lost_value, metric->lacking);
    return fmt::format("only {} of {} blocks are valid; a 95 % interval needs 6; {}{}", usable,
                       pairs.measured, lost_to(pairs), without);
  }
  if (pairs.lost_value > 0) {
    return fmt::format("only {} of {} blocks have this value; a 95 % interval needs 6; {}", usable,
                       pairs.measured, metric->lacking);
  }
  return fmt::format("only {} block{} measured; a 95 % interval needs 6", usable,
                     usable == 1 ? " was" : "s were");
}

Word word_for(const Interval& interval) {
  if (interval.low > 0) return Word::higher;
  if (interval.high < 0) return Word::lower;
  return Word::within_noise;
}

/// Details that this machine cannot measure are no reason to fill tables with dashes.
bool is_there(const RunResult& result, Metric metric) {
  return !metric->is_detail ||
         std::ranges::any_of(result.segments, [metric](const SegmentRecord& segment) {
           return value_of(segment, metric).has_value();
         });
}

Comparison compare(const CellSegments& segments, const Suite& suite, int cell, Metric metric,
                   int reference, int arm) {
  const Pairs pairs = make_pairs(segments, reference, arm, metric->kind,
                                 [metric](const SegmentRecord& s) { return value_of(s, metric); });
  Comparison comparison;
  comparison.cell = cell;
  comparison.metric = metric;
  comparison.arm = suite.arms[static_cast<std::size_t>(arm)].name;
  comparison.reference = suite.arms[static_cast<std::size_t>(reference)].name;
  comparison.blocks = static_cast<int>(pairs.log_ratios.size());
  comparison.blocks_void = pairs.lost_void;
  comparison.blocks_lacking = pairs.lost_value;
  comparison.log_ratios = pairs.log_ratios;
  comparison.paired_blocks = pairs.blocks;

  comparison.off_value = median(pairs.off);
  comparison.on_value = median(pairs.on);
  const std::optional<double> estimate = hodges_lehmann(pairs.log_ratios);
  const std::optional<SignedRankInterval> interval = signed_rank_interval(pairs.log_ratios, kLevel);
  if (!estimate || !interval) {
    comparison.reason = too_few_pairs(pairs, metric);
    return comparison;
  }
  comparison.estimate_pct = percent_of(*estimate);
  comparison.interval_pct = percent_of(interval->low, interval->high, interval->coverage);
  comparison.ratio_of_means_pct = 100 * (*mean(pairs.on) / *mean(pairs.off) - 1);
  comparison.word = word_for(*comparison.interval_pct);

  // Hodges-Lehmann is the cost of a typical block: cost that comes in bursts shows in the means
  // only.
  const double half_width = (comparison.interval_pct->high - comparison.interval_pct->low) / 2;
  if (std::abs(*comparison.estimate_pct - *comparison.ratio_of_means_pct) > half_width) {
    comparison.reason =
        fmt::format("uneven over blocks: the ratio of means is {}, the typical block's {}",
                    format_percent(*comparison.ratio_of_means_pct, *comparison.interval_pct),
                    format_percent(*comparison.estimate_pct, *comparison.interval_pct));
  }
  return comparison;
}

}  // namespace

Analysis analyse(const RunResult& result) {
  Analysis analysis;
  const Suite& suite = result.suite;
  for (int cell = 0; cell < static_cast<int>(result.plan.cells.size()); ++cell) {
    const CellSegments segments(result, cell);
    for (const Metric metric : all_metrics()) {
      if (!measures(suite.design, metric) || !is_there(result, metric)) continue;
      if (!measured_in(result.plan.cells[static_cast<std::size_t>(cell)], metric->kind)) continue;
      for (int arm = 0; arm < static_cast<int>(suite.arms.size()); ++arm) {
        const std::optional<int> reference = reference_of(suite, arm);
        if (!reference) continue;
        analysis.comparisons.push_back(compare(segments, suite, cell, metric, *reference, arm));
      }
    }
    analysis.cost_models.push_back(fit_cost_model(result, cell));
  }
  analysis.sampled_effects = sampled_effects(result);
  analysis.words = give_words(suite, analysis.comparisons);
  analysis.warnings = find_warnings(result, analysis);
  if (result.gate) analysis.judgement = judge(result);
  return analysis;
}

}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/word_rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <span>

#include "harness/analysis/comparison.h"
#include "harness/stats/holm.h"
#include "harness/stats/signed_rank.h"

namespace tracetax {
namespace {

/// The smallest two-sided p-value that so many pairs can have: all differences on one side.
double smallest_p(int pairs) { return std::ldexp(2.0, -pairs); }

/// Raises `p_adjusted` of those comparisons to what the correction makes of their p-values.
void adjust(const std::vector<Comparison*>& family,
            std::vector<double> (*correct)(std::span<const double>)) {
  std::vector<double> p;
  for (const Comparison* comparison : family) p.push_back(*comparison->p);
  const std::vector<double> adjusted = correct(p);
  for (std::size_t i = 0; i < family.size(); ++i) {
    family[i]->p_adjusted = std::max(family[i]->p_adjusted.value_or(0), adjusted[i]);
  }
}

}  // namespace

std::string_view name_of(Word word) {
  switch (word) {
    case Word::higher:
      return "higher";
    case Word::lower:
      return "lower";
    case Word::within_noise:
      return "within noise";
    case Word::void_:
      return "void";
  }
  return "";
}

WordRule give_words(const Suite& suite, std::vector<Comparison>& comparisons) {
  WordRule rule;
  std::vector<Comparison*> all, shams;
  int sham_blocks = 0;
  for (Comparison& comparison : comparisons) {
    if (comparison.word == Word::void_) continue;
    const SignedRankP p = signed_rank_p(comparison.log_ratios);
    comparison.p = std::min(1.0, 2 * std::min(p.greater, p.less));
    all.push_back(&comparison);
    rule.blocks = std::max(rule.blocks, comparison.blocks);
    const auto arm = std::ranges::find(suite.arms, comparison.arm, &ArmSpec::name);
    if (arm == suite.arms.end() || arm->role != ArmRole::sham) continue;
    shams.push_back(&comparison);
    sham_blocks = std::max(sham_blocks, comparison.blocks);
  }
  rule.comparisons = static_cast<int>(all.size());
  rule.sham_comparisons = static_cast<int>(shams.size());
  rule.together = rule.blocks >= kBlocksForWordsTogether;

  adjust(shams, holm_adjusted);
  if (rule.together) {
    adjust(all, benjamini_hochberg_adjusted);
    rule.fewest_told =
        static_cast<int>(std::ceil(rule.comparisons * smallest_p(rule.blocks) / kFalseWords));
  }
  for (Comparison* comparison : all) {
    if (comparison->word == Word::within_noise ||
        comparison->p_adjusted.value_or(0) <= kFalseWords) {
      continue;
    }
    comparison->word = Word::within_noise;
    // Every block says the same: what is lacking is blocks.
    if (*comparison->p <= smallest_p(comparison->blocks) && comparison->reason.empty()) {
      comparison->reason =
          fmt::format("{} blocks are too few to tell it from chance among {} comparisons",
                      comparison->blocks, rule.comparisons);
    }
  }
  rule.sham_moved = static_cast<int>(std::ranges::count_if(
      shams, [](const Comparison* sham) { return sham->word != Word::within_noise; }));
  int needed = sham_blocks;
  while (smallest_p(needed) * rule.sham_comparisons > kFalseWords) ++needed;
  if (needed > sham_blocks) rule.sham_blocks_needed = needed;
  return rule;
}

}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/sampled_effect.h"

#include <cmath>

#include "harness/analysis/pairs/pairing.h"
#include "harness/analysis/pairs/percent.h"
#include "harness/stats/sample.h"
#include "harness/stats/signed_rank.h"

namespace tracetax {
namespace {

bool samples_a_part(const RunResult& result, int cell, const ArmSpec& arm) {
  const Cell& where = result.plan.cells.at(static_cast<std::size_t>(cell));
  const TargetSpec& target = result.suite.targets.at(static_cast<std::size_t>(where.target));
  const TracingState state = state_of(arm, target);
  const double share = arm.rate.share();
  return arm.role == ArmRole::traced && !arm.keeps && share > 0 && share < 1 &&
         (state == TracingState::record || state == TracingState::exporting) &&
         sampling_of(result.suite, target) == Sampling::caller;
}

std::optional<SampledEffect> effect_of(const CellSegments& segments, int arm, double quantile) {
  std::map<int, double> by_block;
  std::vector<double> unsampled_ns;
  for (const int block : segments.blocks()) {
    const SegmentRecord* segment = segments.find(block, arm, SegmentKind::open);
    if (segment == nullptr || !segment->valid()) continue;
    const Histogram &sampled = segment->times.response_sampled,
                    &unsampled = segment->times.response_unsampled;
    if (!sampled.supports(quantile) || !unsampled.supports(quantile)) continue;
    const double with = sampled.quantile_interpolated(quantile),
                 without = unsampled.quantile_interpolated(quantile);
    if (with <= 0 || without <= 0) continue;
    by_block.emplace(block, std::log(with / without));
    unsampled_ns.push_back(without);
  }
  const std::vector<double> log_ratios = values_of(unit_means(segments.units(), by_block));
  const auto interval = signed_rank_interval(log_ratios, 0.95);
  if (!interval) return std::nullopt;
  SampledEffect effect;
  effect.quantile = quantile;
  effect.blocks = static_cast<int>(log_ratios.size());
  effect.unsampled_ns = *median(unsampled_ns);
  effect.estimate_pct = percent_of(*hodges_lehmann(log_ratios));
  effect.interval_pct = percent_of(interval->low, interval->high, interval->coverage);
  return effect;
}

}  // namespace

std::vector<SampledEffect> sampled_effects(const RunResult& result) {
  std::vector<SampledEffect> all;
  for (int cell = 0; cell < static_cast<int>(result.plan.cells.size()); ++cell) {
    const CellSegments segments(result, cell);
    for (std::size_t arm = 1; arm < result.suite.arms.size(); ++arm) {
      if (!samples_a_part(result, cell, result.suite.arms[arm])) continue;
      for (const double quantile : {0.5, 0.9}) {
        auto effect = effect_of(segments, static_cast<int>(arm), quantile);
        if (!effect) continue;
        effect->cell = cell;
        effect->arm = result.suite.arms[arm].name;
        all.push_back(std::move(*effect));
      }
    }
  }
  return all;
}

}  // namespace tracetax

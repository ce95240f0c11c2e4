// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/so_far.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/analysis/pairs/pairing.h"
#include "harness/analysis/pairs/percent.h"
#include "harness/core/metric_value.h"
#include "harness/stats/signed_rank.h"

namespace tracetax {

std::string effect_so_far(const RunResult& result, int cell) {
  const auto& arms = result.suite.arms;
  const auto last = std::ranges::find(arms.rbegin(), arms.rend(), ArmRole::traced, &ArmSpec::role);
  if (last == arms.rend()) return "";
  const int arm = static_cast<int>(arms.rend() - last) - 1;
  const auto reference = reference_of(result.suite, arm);
  if (!reference) return "";
  const Metric metric = Metric::cpu_per_request;
  const Pairs pairs =
      make_pairs(CellSegments(result, cell), *reference, arm, metric->kind,
                 [metric](const SegmentRecord& segment) { return value_of(segment, metric); });
  const auto middle = hodges_lehmann(pairs.log_ratios);
  if (!middle) return "";
  const auto interval = signed_rank_interval(pairs.log_ratios, 0.95);
  const std::string effect =
      interval ? format_effect(percent_of(*middle),
                               percent_of(interval->low, interval->high, interval->coverage))
               : fmt::format("{:+.2g} % (n = {})", percent_of(*middle), pairs.log_ratios.size());
  return fmt::format("{} {} {}", last->name, short_name_of(metric), effect);
}

}  // namespace tracetax

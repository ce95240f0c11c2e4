// SPDX-License-Identifier: Apache-2.0
#include "reports/samplers/paired_amount.h"

#include <vector>

#include "harness/stats/signed_rank.h"

namespace tracetax {

PairedAmount paired_amount(const CellSegments& segments, int base_arm, int arm,
                           const SegmentValue& value) {
  constexpr double kLevel = 0.95;
  const Pairs pairs = make_pairs(segments, base_arm, arm, SegmentKind::open, value);
  std::vector<double> differences;
  for (std::size_t i = 0; i < pairs.on.size(); ++i)
    differences.push_back(pairs.on[i] - pairs.off[i]);
  PairedAmount amount;
  amount.blocks = static_cast<int>(pairs.on.size());
  amount.measured = pairs.measured;
  amount.value = hodges_lehmann(pairs.on);
  amount.base = hodges_lehmann(pairs.off);
  amount.more = hodges_lehmann(differences);
  if (const auto interval = signed_rank_interval(differences, kLevel)) {
    amount.interval =
        Interval{.low = interval->low, .high = interval->high, .level = interval->coverage};
  }
  return amount;
}

}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/pairs/driver_voids.h"

#include <algorithm>

#include "harness/stats/binomial.h"

namespace tracetax {
namespace {

bool lost_to_the_driver(const SegmentRecord& segment) {
  return std::ranges::any_of(segment.voids, [](const VoidReason& reason) {
    return reason.rule == VoidRule::driver_lag || reason.rule == VoidRule::driver_saturated ||
           reason.rule == VoidRule::machine_stalled;
  });
}

}  // namespace

std::vector<DriverVoids> driver_voids(const RunResult& result, int cell, int last_block) {
  struct Count {
    std::uint64_t lost = 0, all = 0;
  };
  std::vector<Count> counts(result.suite.arms.size());
  for (const SegmentRecord& segment : result.segments) {
    const SegmentSpec& spec = segment.spec;
    if (spec.cell != cell || spec.kind != SegmentKind::open || spec.block > last_block) continue;
    Count& count = counts.at(static_cast<std::size_t>(spec.arm));
    ++count.all;
    if (lost_to_the_driver(segment)) ++count.lost;
  }
  std::vector<DriverVoids> all;
  for (std::size_t arm = 1; arm < counts.size(); ++arm) {
    all.push_back(
        {.arm = static_cast<int>(arm),
         .off_lost = counts[0].lost,
         .off_all = counts[0].all,
         .on_lost = counts[arm].lost,
         .on_all = counts[arm].all,
         .p = fisher_p(counts[0].lost, counts[0].all, counts[arm].lost, counts[arm].all)});
  }
  return all;
}

}  // namespace tracetax

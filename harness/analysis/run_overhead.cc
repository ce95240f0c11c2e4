// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/run_overhead.h"

#include <fmt/format.h>

#include <utility>

#include "harness/analysis/gate/gate_validity.h"
#include "harness/analysis/pairs/pairing.h"
#include "harness/analysis/pairs/percent.h"
#include "harness/core/metric_value.h"
#include "harness/stats/signed_rank.h"

namespace tracetax {
namespace {

constexpr std::size_t kFewestBlocks = 6;

}  // namespace

RunOverhead overhead_of(const RunResult& result, int cell, int arm, Metric metric) {
  const CellSegments segments(result, cell);
  Pairs pairs = make_pairs(segments, 0, arm, metric->kind,
                           [metric](const SegmentRecord& s) { return value_of(s, metric); });
  RunOverhead overhead;
  overhead.log_ratios = std::move(pairs.log_ratios);
  overhead.blocks = static_cast<int>(overhead.log_ratios.size());
  if (overhead.log_ratios.size() < kFewestBlocks) {
    overhead.why_void = fmt::format("{} of {} blocks can be used, {} are needed",
                                    overhead.log_ratios.size(), pairs.measured, kFewestBlocks);
    return overhead;
  }
  if (const auto spoiled = find_spoiled(result, cell, arm, metric->kind)) {
    overhead.why_void = *spoiled;
    return overhead;
  }
  if (const auto middle = hodges_lehmann(overhead.log_ratios)) overhead.pct = percent_of(*middle);
  if (const auto found = signed_rank_interval(overhead.log_ratios, 0.95))
    overhead.interval_pct = percent_of(found->low, found->high, found->coverage);
  return overhead;
}

}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/memory_growth.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/analysis/pairs/pairing.h"
#include "harness/core/text/units.h"
#include "harness/stats/sample.h"
#include "harness/stats/signed_rank.h"
#include "harness/stats/trend.h"

namespace tracetax {
namespace {

constexpr std::size_t kFewestTicks = 8;
constexpr std::size_t kBlocksForGrowth = 3;

double to_mb_per_min(double bytes_per_s) { return bytes_per_s * 60 / 1e6; }

}  // namespace

bool MemoryGrowth::shows() const {
  return low > kGrowthThatShows && low / 60 * watched_s > kQueuesHold;
}

std::optional<double> memory_slope(const SegmentRecord& segment) {
  std::vector<double> bytes;
  for (const SeriesTick& tick : segment.series.ticks) {
    if (!tick.rss_bytes) return std::nullopt;
    bytes.push_back(static_cast<double>(*tick.rss_bytes));
  }
  if (bytes.size() < kFewestTicks || segment.series.tick_s <= 0) return std::nullopt;
  // Ticks follow one another in time under load, also where others' slices lie between.
  return theil_sen_slope(std::span(bytes).subspan(bytes.size() / 4), segment.series.tick_s);
}

std::vector<MemoryGrowth> memory_growth(const RunResult& result) {
  std::vector<MemoryGrowth> found;
  for (int cell = 0; cell < static_cast<int>(result.plan.cells.size()); ++cell) {
    const CellSegments segments(result, cell);
    for (int arm = 1; arm < static_cast<int>(result.suite.arms.size()); ++arm) {
      std::vector<double> slopes, per_request, watched_s;
      for (const int block : segments.blocks()) {
        const SegmentRecord* off = segments.find(block, 0, SegmentKind::open);
        const SegmentRecord* on = segments.find(block, arm, SegmentKind::open);
        if (off == nullptr || on == nullptr) continue;
        const auto off_slope = memory_slope(*off), on_slope = memory_slope(*on);
        if (!off_slope || !on_slope) continue;
        slopes.push_back(*on_slope - *off_slope);
        watched_s.push_back(0.75 * on->series.tick_s *
                            static_cast<double>(on->series.ticks.size()));
        if (on->achieved_rate > 0) per_request.push_back(slopes.back() / on->achieved_rate);
      }
      if (slopes.size() < kBlocksForGrowth) continue;
      MemoryGrowth growth{.cell = cell, .arm = arm};
      growth.blocks = static_cast<int>(slopes.size());
      growth.watched_s = std::ranges::min(watched_s);
      growth.mb_per_min = to_mb_per_min(*hodges_lehmann(slopes));
      const auto interval = signed_rank_interval(slopes, 0.95);
      const auto [least, most] = std::ranges::minmax(slopes);
      growth.low = to_mb_per_min(interval ? interval->low : least);
      growth.high = to_mb_per_min(interval ? interval->high : most);
      growth.bytes_per_request = median(std::move(per_request)).value_or(0);
      found.push_back(growth);
    }
  }
  return found;
}

std::string growth_sentence(const RunResult& result, const MemoryGrowth& growth) {
  return fmt::format(
      "{}: memory of {} grows under load by {} MB/min [{}, {}] more than that of {}, {} bytes a "
      "request: spans that are never ended, or contexts and spans that are kept. A full queue does "
      "not grow; it drops",
      cell_name(result, growth.cell), result.suite.arms[static_cast<std::size_t>(growth.arm)].name,
      format_number(growth.mb_per_min), format_number(growth.low), format_number(growth.high),
      result.suite.arms.front().name, format_number(growth.bytes_per_request));
}

}  // namespace tracetax

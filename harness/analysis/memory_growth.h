// Whether an arm's memory grows while it is under load: spans that are never ended, contexts that
// are kept. A full bounded queue does not grow; it drops.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/core/run_result.h"

namespace tracetax {

/// Of one arm of a cell, beyond what the reference grows by.
struct MemoryGrowth {
  int cell = 0;
  int arm = 0;
  double mb_per_min = 0;         // 10^6 bytes per minute of load, Hodges-Lehmann over the blocks
  double low = 0, high = 0;      // its 95 % interval; with fewer than six blocks their range
  double bytes_per_request = 0;  // the same growth
  int blocks = 0;
  double watched_s = 0;  // of each segment: the shortest
  /// All of the interval is beyond kGrowthThatShows, and that is more than a queue holds.
  [[nodiscard]] bool shows() const;
};

/// Above what allocators do of themselves in short segments (steps of 1 MB and less).
inline constexpr double kGrowthThatShows = 10;  // MB/min
/// A queue of 2048 spans that fills up, with the batch that is under way: in a second or two that
/// looks like a leak.
inline constexpr double kQueuesHold = 4;  // MB

/// The slope of a segment's memory over its time under load, in bytes per second: Theil-Sen over
/// the ticks, without the first quarter, in which pools and queues fill up. None: not metered, or
/// fewer than 8 ticks.
[[nodiscard]] std::optional<double> memory_slope(const SegmentRecord& segment);

/// Every arm that was metered in at least three blocks, void segments too; growth is the difference
/// to `off` of the same block.
[[nodiscard]] std::vector<MemoryGrowth> memory_growth(const RunResult& result);

/// "memory of on@100% grows by 210 MB/min ..."
[[nodiscard]] std::string growth_sentence(const RunResult& result, const MemoryGrowth& growth);

}  // namespace tracetax

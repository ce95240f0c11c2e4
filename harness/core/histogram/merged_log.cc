// SPDX-License-Identifier: Apache-2.0
#include "harness/core/histogram/merged_log.h"

#include <algorithm>

namespace tracetax {

bool LogSelection::takes(const HdrLogInterval& interval) const {
  if (interval.start_s < from_s || interval.start_s >= to_s) return false;
  return tags.empty() || std::ranges::find(tags, interval.tag) != tags.end();
}

std::vector<TagTotal> merge_by_tag(std::span<const HdrLog> logs, const LogSelection& selection) {
  std::vector<TagTotal> totals;
  for (const HdrLog& log : logs) {
    for (const HdrLogInterval& interval : log.intervals) {
      if (!selection.takes(interval)) continue;
      auto total = std::ranges::find(totals, interval.tag, &TagTotal::tag);
      if (total == totals.end()) {
        totals.push_back({.tag = interval.tag,
                          .start_s = interval.start_s,
                          .histogram = Histogram(interval.histogram.range())});
        total = std::prev(totals.end());
      }
      ++total->intervals;
      total->length_s += interval.length_s;
      total->histogram.merge(interval.histogram);
    }
  }
  return totals;
}

}  // namespace tracetax

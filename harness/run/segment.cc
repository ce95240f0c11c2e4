// SPDX-License-Identifier: Apache-2.0
#include "harness/run/segment.h"

#include <algorithm>
#include <deque>

#include "harness/run/segment_run.h"

namespace tracetax {

std::vector<SegmentRecord> run_segments(std::span<const SegmentSpec> specs,
                                        const SegmentContext& context) {
  std::deque<SegmentRun> runs;
  for (std::size_t i = 0; i < specs.size(); ++i)
    runs.emplace_back(specs[i], context, *context.sinks[i]);
  for (SegmentRun& run : runs) run.begin();
  SegmentRun::drain(runs);
  for (SegmentRun& run : runs) run.start_measuring();
  const int slices = specs.front().slices;
  const auto abandoned = [&] { return std::ranges::any_of(runs, &SegmentRun::abandoned); };
  for (int slice = 0; slice < slices && !abandoned(); ++slice) {
    for (const int place : slice_order(runs.size(), specs.front().arrival_seed, slice)) {
      runs[static_cast<std::size_t>(place)].measure(slice, slices);
    }
  }
  for (SegmentRun& run : runs) run.end_measuring();
  SegmentRun::drain(runs);
  std::vector<SegmentRecord> records;
  for (SegmentRun& run : runs) records.push_back(run.finish());
  return records;
}

}  // namespace tracetax

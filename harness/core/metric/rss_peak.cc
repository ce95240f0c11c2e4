// The most memory that the target's processes held in the segment.
// SPDX-License-Identifier: Apache-2.0
#include "harness/core/run_result.h"

namespace tracetax::metrics {

extern constinit const MetricDefinition rss_peak{
    .id = "rss_peak",
    .short_name = "memory",
    .label = "peak memory",
    .unit = units::bytes,
    .read = [](const SegmentRecord& segment) -> std::optional<double> {
      if (!segment.usage) return std::nullopt;
      return static_cast<double>(segment.usage->rss_peak_bytes);
    },
    .lacking = "the target's process was not metered (attached without a pid?)"};

}  // namespace tracetax::metrics

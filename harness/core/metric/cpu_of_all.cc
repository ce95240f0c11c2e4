// CPU time per request of every process of a target of several, companions included.
// SPDX-License-Identifier: Apache-2.0
#include "harness/core/run_result.h"

namespace tracetax::metrics {

extern constinit const MetricDefinition cpu_of_all{
    .id = "cpu_of_all_services",
    .short_name = "cpu_of_all",
    .label = "CPU of all services",
    .unit = units::microseconds,
    .read = [](const SegmentRecord& segment) -> std::optional<double> {
      if (segment.services.empty() || segment.requests == 0) return std::nullopt;
      double used_us = 0;
      for (const ServiceUsage& service : segment.services)
        used_us += static_cast<double>(service.cpu_ns) / 1e3;
      return used_us / static_cast<double>(segment.requests);
    },
    .lacking = "the target is one process, without companions",
    .is_detail = true};

}  // namespace tracetax::metrics

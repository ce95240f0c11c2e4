// SPDX-License-Identifier: Apache-2.0
#include "harness/core/capacity_limit.h"

#include "harness/core/validity.h"

namespace tracetax {

std::string_view words_of(CapacityLimit limit) {
  switch (limit) {
    case CapacityLimit::target_cpu:
      return "the target's CPU";
    case CapacityLimit::driver:
      return "the driver";
    case CapacityLimit::shedder:
      return "the target's own refusals";
    case CapacityLimit::connections:
      return "the number of connections";
    case CapacityLimit::not_known:
      return "not known";
  }
  return "";
}

CapacityLimit capacity_limit(const SegmentRecord& segment) {
  std::uint64_t errors = 0;
  for (const auto& [kind, times] : segment.errors) errors += times;
  if (static_cast<double>(errors) > kMaxErrorShare * static_cast<double>(segment.sent))
    return CapacityLimit::shedder;
  if (segment.target_busy && *segment.target_busy >= kTargetSaturated)
    return CapacityLimit::target_cpu;
  if (segment.driver_busy > kMaxDriverBusy) return CapacityLimit::driver;
  return segment.target_busy ? CapacityLimit::connections : CapacityLimit::not_known;
}

}  // namespace tracetax

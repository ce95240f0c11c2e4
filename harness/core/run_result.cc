// SPDX-License-Identifier: Apache-2.0
#include "harness/core/run_result.h"

namespace tracetax {
namespace {

Histogram merged(const Histogram& left, const Histogram& right) {
  Histogram both = left;
  both.merge(right);
  return both;
}

}  // namespace

std::string_view name_of(VoidRule rule) {
  switch (rule) {
    case VoidRule::rate_not_achieved:
      return "rate_not_achieved";
    case VoidRule::too_many_errors:
      return "too_many_errors";
    case VoidRule::driver_lag:
      return "driver_lag";
    case VoidRule::driver_saturated:
      return "driver_saturated";
    case VoidRule::receipt_open:
      return "receipt_open";
    case VoidRule::target_restarted:
      return "target_restarted";
    case VoidRule::target_failed:
      return "target_failed";
    case VoidRule::target_killed:
      return "target_killed";
    case VoidRule::interrupted:
      return "interrupted";
  }
  return "unknown";
}

std::string_view name_of(RunStatus status) {
  switch (status) {
    case RunStatus::complete:
      return "complete";
    case RunStatus::partial:
      return "partial";
    case RunStatus::invalid:
      return "invalid";
  }
  return "unknown";
}

Histogram SegmentRecord::response() const { return merged(response_sampled, response_unsampled); }

void SegmentRecord::pack() {
  for (Histogram* histogram : {&response_sampled, &response_unsampled, &service_sampled,
                               &service_unsampled, &lag, &lag_held_up, &wait}) {
    histogram->pack();
  }
  if (!messages) return;
  messages->first.pack();
  messages->gap.pack();
}

Histogram SegmentRecord::service() const { return merged(service_sampled, service_unsampled); }

}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/core/request/request_times.h"

namespace tracetax {
namespace {

Histogram both(const Histogram& one, const Histogram& other) {
  Histogram sum = one;
  sum.merge(other);
  return sum;
}

}  // namespace

Histogram RequestTimes::response() const { return both(response_sampled, response_unsampled); }
Histogram RequestTimes::service() const { return both(service_sampled, service_unsampled); }
Histogram RequestTimes::all_lag() const { return both(lag, lag_held_up); }

void RequestTimes::merge(const RequestTimes& other) {
  for (const RequestTime& time : kRequestTimes) {
    (this->*time.histogram).merge(other.*time.histogram);
  }
}

void RequestTimes::pack() {
  for (const RequestTime& time : kRequestTimes) (this->*time.histogram).pack();
}

}  // namespace tracetax

// The times of requests, a histogram for each kind: the load engine records them, a segment keeps
// them, result.json holds them. One more kind of time is a member here and its line in
// kRequestTimes; what has to be done with all of them follows from that list.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <iterator>

#include "harness/core/histogram/histogram.h"

namespace tracetax {

/// Nanoseconds. A request that timed out is in response and service with the time it had waited, a
/// lower bound; other failed requests are in no histogram. In a closed loop a request is due when
/// it is sent, and there is neither lag nor wait.
struct RequestTimes {
  Histogram response_sampled, response_unsampled;  // done - due
  Histogram service_sampled, service_unsampled;    // done - send
  Histogram lag;            // send - due, less wait: the driver's own lateness
  Histogram lag_held_up;    // the same of requests that a stall of the machine held up
  Histogram wait;           // due, but all calls that may be open at once were busy
  Histogram first_message;  // of answers that are streams: first message - due
  Histogram message_gap;    // between messages of one stream

  /// Sampled or not.
  [[nodiscard]] Histogram response() const;
  [[nodiscard]] Histogram service() const;
  /// Held up or not.
  [[nodiscard]] Histogram all_lag() const;
  /// Messages that came, over all streams.
  [[nodiscard]] std::uint64_t messages() const noexcept {
    return static_cast<std::uint64_t>(first_message.count() + message_gap.count());
  }

  /// Adds the other's counts.
  void merge(const RequestTimes& other);
  /// For times that nobody adds to any more: from 2 MB to a few ten kB.
  void pack();
};

/// One kind of time. In result.json those of streams stand apart, under "messages".
struct RequestTime {
  const char* name;
  Histogram RequestTimes::*histogram;
  bool of_messages = false;
};
inline constexpr RequestTime kRequestTimes[] = {
    {"response_sampled", &RequestTimes::response_sampled},
    {"response_unsampled", &RequestTimes::response_unsampled},
    {"service_sampled", &RequestTimes::service_sampled},
    {"service_unsampled", &RequestTimes::service_unsampled},
    {"lag", &RequestTimes::lag},
    {"lag_held_up", &RequestTimes::lag_held_up},
    {"wait", &RequestTimes::wait},
    {"first", &RequestTimes::first_message, true},
    {"gap", &RequestTimes::message_gap, true}};
static_assert(std::size(kRequestTimes) * sizeof(Histogram) == sizeof(RequestTimes),
              "a histogram of RequestTimes is not in the list");

}  // namespace tracetax

// How the doctor waits for spans: until they are there and no more come.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>

#include "harness/run/drain.h"
#include "harness/run/sink/sink_process.h"

namespace tracetax {

/// Until `at_least` spans came and for 300 ms no more did, or `longest` is over, or `abandon` says
/// so.
inline void wait_for_spans(SinkProcess& sink, std::uint64_t at_least, Nanos longest,
                           const std::function<bool()>& abandon) {
  using Clock = std::chrono::steady_clock;
  constexpr Nanos kSettled = std::chrono::milliseconds{300};
  const auto end = Clock::now() + longest;
  auto changed = Clock::now();
  std::uint64_t last = 0;
  while (Clock::now() < end && sleep_unless(abandon, kDrainPoll)) {
    const std::uint64_t now = sink.spans_received().value_or(0);
    if (now != last) changed = Clock::now();
    last = now;
    if (last >= at_least && Clock::now() - changed > kSettled) return;
  }
}

}  // namespace tracetax

// What the target's CPU clock and the machine's steal counters say every tenth of a second or so
// while a load goes on, for the series of a segment.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "harness/core/text/units.h"
#include "harness/run/meter/cpu_meter.h"
#include "harness/run/meter/host_noise.h"

namespace tracetax {

struct TickReading {
  std::int64_t at_ns = 0;       // monotonic clock
  std::uint64_t cpu_ns = 0;     // of the target's processes; 0: not metered
  std::uint64_t rss_bytes = 0;  // the same
  HostNoise noise;              // steal only
};

/// A reading at once and one at the end, and between them one at the end of each tick: by a thread
/// that sleeps, and that makes way for the load. Where it comes late, its readings say when they
/// were. One takes about 50 us, nearly all of it for
/// /proc/stat.
class TickReadings {
 public:
  /// `tree` says which processes; null: none. It must outlive this. With one tick there is no
  /// thread. Memory is taken here, for `ticks` readings.
  TickReadings(const TreeSample* tree, Nanos tick, std::size_t ticks);
  TickReadings(const TickReadings&) = delete;
  TickReadings& operator=(const TickReadings&) = delete;

  /// Ends it: at least two readings, in order. To be called once.
  [[nodiscard]] std::vector<TickReading> stop();

 private:
  void read();

  const TreeSample* tree_;
  std::vector<TickReading> readings_;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace tracetax

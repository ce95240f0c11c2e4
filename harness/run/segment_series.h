// The series of a segment, made of what the engine, the meters and the probes wrote down with their
// times: see SegmentSeries. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "harness/core/run_result.h"
#include "harness/load/ticks/tick.h"
#include "harness/run/meter/core_probe.h"
#include "harness/run/meter/tick_readings.h"

namespace tracetax {

/// A segment has so many ticks at most: with more of them they are longer.
inline constexpr std::size_t kMostTicks = 100;

/// What was written down in one phase of a segment.
struct PhaseTicks {
  std::int64_t start_ns = 0;  // monotonic clock
  Nanos tick{0};
  std::vector<LoadTick> load{};         // by number, all workers together
  std::vector<TickReading> readings{};  // from the start to the end, in order
  std::vector<ProbeLoop> loops{};
  bool metered = false;
};

class SeriesMaker {
 public:
  /// Of a segment of so many slices, 1: in one piece.
  SeriesMaker(Nanos length, int slices);

  /// How its next phase is cut: in ticks, or, of a slice, not at all.
  [[nodiscard]] const TickPlan& plan() const { return plan_; }
  void add(const PhaseTicks& phase);
  /// To be called once.
  [[nodiscard]] SegmentSeries make();

 private:
  /// A tick while there is more to come.
  struct Open {
    std::optional<double> at_s;  // none: nothing came yet
    LoadTick load{};
    double rss_bytes = 0;  // at its end
    double cpu_ns = 0, steal_ticks = 0, all_ticks = 0;
    double loops_ns = 0, loops = 0;
    bool metered = true;
  };
  void add(const PhaseTicks& phase, std::size_t number);
  void close();

  TickPlan plan_;
  int slices_together_ = 1;  // that make a tick: more than one where there are more than kMostTicks
  int slices_in_open_ = 0;
  std::optional<std::int64_t> start_ns_;  // of the first phase
  Open open_;
  SegmentSeries series_;
};

}  // namespace tracetax

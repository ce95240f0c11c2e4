// SPDX-License-Identifier: Apache-2.0
#include "harness/run/segment_series.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tracetax {
namespace {

double seconds(std::int64_t ns) { return static_cast<double>(ns) / 1e9; }

/// What `counter` of the readings stood at then: between two readings it grew evenly.
template <typename Counter>
double counted_at(std::span<const TickReading> readings, std::int64_t at_ns,
                  const Counter& counter) {
  const auto after = std::ranges::lower_bound(readings, at_ns, {}, &TickReading::at_ns);
  if (after == readings.begin()) return static_cast<double>(counter(readings.front()));
  if (after == readings.end()) return static_cast<double>(counter(readings.back()));
  const TickReading& before = *std::prev(after);
  const auto from = static_cast<double>(counter(before));
  const double share =
      static_cast<double>(at_ns - before.at_ns) / static_cast<double>(after->at_ns - before.at_ns);
  return from + share * (static_cast<double>(counter(*after)) - from);
}

/// 0: so few values that none need lie beyond it.
double quantile_or_0(const Histogram& times, double quantile) {
  const bool enough = static_cast<double>(times.count()) * (1 - quantile) >= 1 - 1e-9;
  return enough ? times.quantile_interpolated(quantile) : 0;
}

}  // namespace

SeriesMaker::SeriesMaker(Nanos length, int slices) {
  if (slices == 1) {
    plan_ = ticks_of(length, kMostTicks);
  } else {
    plan_ = {.length = length / slices, .kept = 1};
    const auto most = static_cast<int>(kMostTicks);
    slices_together_ = (slices + most - 1) / most;
  }
  series_.tick_s = seconds(plan_.length.count() * slices_together_);
}

void SeriesMaker::add(const PhaseTicks& phase) {
  if (phase.readings.size() < 2) return;
  if (!start_ns_) start_ns_ = phase.start_ns;
  for (std::size_t number = 0; number < phase.load.size(); ++number) {
    add(phase, number);
    if (plan_.kept > 1) close();
  }
  if (plan_.kept == 1 && ++slices_in_open_ == slices_together_) close();
}

void SeriesMaker::add(const PhaseTicks& phase, std::size_t number) {
  const std::int64_t begin_ns =
      phase.start_ns + static_cast<std::int64_t>(number) * phase.tick.count();
  // The last goes on until everything is answered.
  const std::int64_t over_ns = phase.readings.back().at_ns;
  const std::int64_t end_ns =
      number + 1 == phase.load.size() ? over_ns : begin_ns + phase.tick.count();
  const LoadTick& load = phase.load[number];
  if (number > 0 && begin_ns >= over_ns && load.ok + load.errors.total() == 0) return;  // cut short
  if (!open_.at_s) open_.at_s = seconds(begin_ns - *start_ns_);
  open_.load.merge(load);
  const auto grown = [&](const auto& counter) {
    return counted_at(phase.readings, end_ns, counter) -
           counted_at(phase.readings, begin_ns, counter);
  };
  open_.metered = open_.metered && phase.metered;
  open_.cpu_ns += grown([](const TickReading& reading) { return reading.cpu_ns; });
  open_.rss_bytes = counted_at(phase.readings, end_ns,
                               [](const TickReading& reading) { return reading.rss_bytes; });
  open_.steal_ticks += grown([](const TickReading& reading) { return reading.noise.steal_ticks; });
  open_.all_ticks += grown([](const TickReading& reading) { return reading.noise.all_ticks; });
  for (const ProbeLoop& loop : phase.loops) {
    if (loop.at_ns < begin_ns || loop.at_ns >= end_ns) continue;
    open_.loops_ns += loop.took_ns;
    ++open_.loops;
  }
}

void SeriesMaker::close() {
  slices_in_open_ = 0;
  const Open open = std::exchange(open_, {});
  if (!open.at_s) return;
  SeriesTick tick;
  tick.at_s = *open.at_s;
  tick.requests = open.load.ok;
  tick.errors = open.load.errors.total();
  tick.p50_ns = quantile_or_0(open.load.response, 0.5);
  tick.p99_ns = quantile_or_0(open.load.response, 0.99);
  tick.lag_p99_ns = quantile_or_0(open.load.lag, 0.99);
  if (open.metered) {
    tick.cpu_ns = static_cast<std::uint64_t>(std::max(0.0, open.cpu_ns));
    tick.rss_bytes = static_cast<std::uint64_t>(open.rss_bytes);
  }
  if (open.all_ticks > 0) tick.steal_pct = 100 * open.steal_ticks / open.all_ticks;
  if (open.loops > 0) tick.core_ns = open.loops_ns / open.loops;
  series_.ticks.push_back(tick);
}

SegmentSeries SeriesMaker::make() {
  close();
  return std::exchange(series_, {});
}

}  // namespace tracetax

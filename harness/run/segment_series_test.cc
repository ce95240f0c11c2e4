// Scripted phases against the ticks that must come of them.
// SPDX-License-Identifier: Apache-2.0
#include "harness/run/segment_series.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kMs = 1'000'000;

TickReading reading(std::int64_t at_ms, std::uint64_t cpu_ms, std::uint64_t steal = 0,
                    std::uint64_t all = 0) {
  TickReading reading;
  reading.at_ns = at_ms * kMs;
  reading.cpu_ns = cpu_ms * std::uint64_t{kMs};
  reading.rss_bytes = 1000 * cpu_ms;  // grows with what was done
  reading.noise.steal_ticks = steal;
  reading.noise.all_ticks = all;
  return reading;
}

LoadTick load(std::int64_t number, std::uint64_t ok, std::int64_t response_us) {
  LoadTick tick;
  tick.number = number;
  tick.ok = ok;
  tick.response.record(response_us * 1000, static_cast<std::int64_t>(ok));
  tick.lag.record(10'000, static_cast<std::int64_t>(ok));
  return tick;
}

TEST(SeriesMaker, CutsASegmentInOnePieceIntoTenthsOfASecond) {
  SeriesMaker maker(300ms, 1);
  EXPECT_EQ(maker.plan().length, 100ms);
  EXPECT_EQ(maker.plan().kept, 3U);
  PhaseTicks phase{.start_ns = 1000 * kMs, .tick = 100ms, .metered = true};
  phase.load = {load(0, 100, 200), load(1, 0, 0), load(2, 150, 400)};
  phase.load[1].errors.add(ErrorKind::timeout);
  // Begins 10 ms before the load, and one reading is 50 ms late.
  phase.readings = {reading(990, 5, 0, 0), reading(1100, 38, 0, 20), reading(1250, 68, 9, 50),
                    reading(1310, 98, 9, 60)};
  phase.loops = {{1050 * kMs, 10'000}, {1060 * kMs, 12'000}, {1299 * kMs, 20'000}};
  maker.add(phase);
  const SegmentSeries series = maker.make();
  EXPECT_DOUBLE_EQ(series.tick_s, 0.1);
  ASSERT_EQ(series.ticks.size(), 3U);
  const SeriesTick &first = series.ticks[0], &second = series.ticks[1], &last = series.ticks[2];
  EXPECT_EQ(first.at_s, 0);
  EXPECT_DOUBLE_EQ(last.at_s, 0.2);
  EXPECT_EQ(first.requests, 100U);
  EXPECT_EQ(second.requests, 0U);
  EXPECT_EQ(second.errors, 1U);
  EXPECT_NEAR(first.p50_ns, 200'000, 0.063 * 200'000);
  EXPECT_NEAR(last.p99_ns, 400'000, 0.063 * 400'000);
  EXPECT_NEAR(first.lag_p99_ns, 10'000, 0.063 * 10'000);
  EXPECT_EQ(second.p50_ns, 0) << "nothing was answered";
  // 33 ms in 110 from 990 on, 30 in 150, and 30 in the 60 at the end.
  EXPECT_NEAR(static_cast<double>(*first.cpu_ns), 30e6, 1e3);
  EXPECT_NEAR(static_cast<double>(*second.cpu_ns), 20e6, 1e3);
  EXPECT_NEAR(static_cast<double>(*last.cpu_ns), 10e6 + 30e6, 1e3);
  // At the end of each: 38 at 1,100 ms; a third of the way from 38 to 68; the last reading.
  EXPECT_EQ(first.rss_bytes, 38'000U);
  EXPECT_EQ(second.rss_bytes, 58'000U);
  EXPECT_EQ(last.rss_bytes, 98'000U);
  EXPECT_DOUBLE_EQ(*first.steal_pct, 0);
  EXPECT_NEAR(*second.steal_pct, 30, 1e-9);
  EXPECT_DOUBLE_EQ(*first.core_ns, 11'000);
  EXPECT_FALSE(second.core_ns);
  EXPECT_DOUBLE_EQ(*last.core_ns, 20'000);
}

PhaseTicks slice(std::int64_t start_ms, std::uint64_t ok, std::int64_t response_us) {
  PhaseTicks phase{.start_ns = start_ms * kMs, .tick = 100ms};
  phase.load = {load(0, ok, response_us)};
  phase.readings = {reading(start_ms - 1, 0), reading(start_ms + 101, 0)};
  return phase;
}

TEST(SeriesMaker, OfTurnsMakesATickOfEachSlice) {
  SeriesMaker maker(300ms, 3);
  EXPECT_EQ(maker.plan().kept, 1U);
  maker.add(slice(5000, 10, 200));
  maker.add(slice(5700, 20, 300));
  maker.add(slice(6100, 30, 200));
  const SegmentSeries series = maker.make();
  EXPECT_DOUBLE_EQ(series.tick_s, 0.1);
  ASSERT_EQ(series.ticks.size(), 3U);
  EXPECT_DOUBLE_EQ(series.ticks[1].at_s, 0.7);
  EXPECT_EQ(series.ticks[2].requests, 30U);
  EXPECT_FALSE(series.ticks[0].cpu_ns) << "not metered";
  EXPECT_FALSE(series.ticks[0].steal_pct) << "the counters stood still";
  EXPECT_EQ(series.ticks[0].p99_ns, 0) << "of ten";
}

TEST(SeriesMaker, PutsNeighbouringSlicesTogetherWhereThereAreTooMany) {
  SeriesMaker maker(60300ms, 402);
  for (int i = 0; i < 402; ++i) maker.add(slice(1000 + 300 * i, 40, i % 3 == 0 ? 900 : 200));
  const SegmentSeries series = maker.make();
  EXPECT_DOUBLE_EQ(series.tick_s, 0.75);
  ASSERT_EQ(series.ticks.size(), 81U);
  EXPECT_EQ(series.ticks[0].requests, 200U);
  EXPECT_EQ(series.ticks.back().requests, 80U) << "two are left over";
  EXPECT_DOUBLE_EQ(series.ticks[1].at_s, 1.5);
  EXPECT_NEAR(series.ticks[0].p50_ns, 200'000, 0.063 * 200'000);
  EXPECT_NEAR(series.ticks[0].p99_ns, 900'000, 0.063 * 900'000) << "merged, not averaged";
}

TEST(SeriesMaker, LeavesOutWhatAnInterruptCutOff) {
  SeriesMaker maker(1s, 1);
  PhaseTicks phase{.start_ns = 1000 * kMs, .tick = 100ms};
  phase.load = {load(0, 10, 200), load(1, 5, 200), load(2, 0, 0), load(3, 0, 0)};
  phase.readings = {reading(1000, 0), reading(1150, 0)};
  maker.add(phase);
  EXPECT_EQ(maker.make().ticks.size(), 2U);
  EXPECT_TRUE(SeriesMaker(1s, 1).make().ticks.empty());
}

}  // namespace
}  // namespace tracetax

// Ticks of several workers, added up as they come.
// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/load/live_ticks.h"

#include <gtest/gtest.h>

#include <utility>

namespace tracetax {
namespace {

LoadTick tick(std::int64_t number, std::uint64_t ok) {
  LoadTick tick(kLiveTicks.digits);
  tick.number = number;
  tick.ok = ok;
  return tick;
}

TEST(LiveTicks, AreCompleteWhenTheSlowestWorkerIsPastThem) {
  LiveTicks ticks(2);
  ticks.add(0, tick(0, 1));
  ticks.add(0, tick(1, 2));
  EXPECT_EQ(ticks.complete(), 0);
  EXPECT_EQ(ticks.known(), 2);
  ticks.add(1, tick(0, 10));
  EXPECT_EQ(ticks.complete(), 1);
  EXPECT_EQ(ticks.take_before(1).ok, 11U);
  EXPECT_EQ(ticks.take_before(1).ok, 0U) << "taken already";
  ticks.add(1, tick(3, 20));  // none in between: nothing happened
  EXPECT_EQ(ticks.complete(), 2);
  EXPECT_EQ(ticks.known(), 4);
  EXPECT_EQ(ticks.take_before(4).ok, 22U);
}

TEST(LiveTicks, DoNotWaitForAWorkerThatIsDone) {
  LiveTicks ticks(2);
  LoadTick end = tick(0, 1);
  end.last = true;
  ticks.add(0, end);
  EXPECT_EQ(ticks.complete(), 0);
  ticks.add(1, tick(7, 2));
  EXPECT_EQ(ticks.complete(), 8);
  EXPECT_EQ(ticks.known(), 8);
}

TEST(LiveTicks, CountWhatComesLateInWhatIsTakenNext) {
  LiveTicks ticks(1);
  ticks.add(0, tick(12, 1));
  EXPECT_EQ(ticks.take_before(13).ok, 1U);
  ticks.add(0, tick(12, 4));
  EXPECT_EQ(ticks.take_before(20).ok, 4U);
}

TEST(LiveTotals, KeepAboutTheLastSecond) {
  LiveTotals totals;
  EXPECT_EQ(totals.last_second_s(), 0);
  for (std::int64_t number = 2; number <= 40; number += 2)
    totals.add(tick(0, static_cast<std::uint64_t>(number)), number);
  EXPECT_DOUBLE_EQ(totals.elapsed_s(), 4);
  EXPECT_EQ(totals.so_far().ok, 420U);
  EXPECT_DOUBLE_EQ(totals.last_second_s(), 1);
  EXPECT_EQ(totals.last_second().ok, 32U + 34 + 36 + 38 + 40);
  totals.add(tick(0, 7), 40);  // nobody got further
  EXPECT_EQ(totals.last_second().ok, 187U);
  EXPECT_DOUBLE_EQ(totals.last_second_s(), 1);
}

}  // namespace
}  // namespace tracetax

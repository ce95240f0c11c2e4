// SPDX-License-Identifier: Apache-2.0
#include "harness/load/stall_watch.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace tracetax {
namespace {

constexpr std::int64_t kLong = 2 * StallWatch::kStallNs;

// This thread may really be switched in between, but hardly twenty times in a row.
bool stall_is_seen(StallWatch& watch, std::int64_t from_ns, std::int64_t to_ns) {
  for (int tries = 0; tries < 20; ++tries) {
    watch.start_over();
    if (watch.machine_stalled(from_ns, to_ns)) return true;
  }
  return false;
}

TEST(StallWatch, ALongTurnWithoutASwitchIsTheMachines) {
  StallWatch watch;
  EXPECT_TRUE(stall_is_seen(watch, 0, kLong));
}

TEST(StallWatch, AShortTurnIsNoStall) {
  StallWatch watch;
  EXPECT_FALSE(stall_is_seen(watch, 0, StallWatch::kStallNs));
}

TEST(StallWatch, ALongTurnInWhichTheKernelSwitchedIsTheDrivers) {
  StallWatch watch;
  for (int i = 0; i < 20; ++i) {
    watch.start_over();
    usleep(500);  // gives the CPU up: a context switch
    EXPECT_FALSE(watch.machine_stalled(0, kLong));
  }
}

TEST(StallWatch, NothingIsHeldUpBeforeAStall) {
  StallWatch watch;
  EXPECT_FALSE(watch.held_up(0, 10 * kLong));
}

TEST(StallWatch, HoldsUpWhatCameDueInTheStallAndItsBacklog) {
  StallWatch watch;
  ASSERT_TRUE(stall_is_seen(watch, 1'000'000, 3'000'000));
  EXPECT_TRUE(watch.held_up(1'500'000, 3'000'100));
  EXPECT_TRUE(watch.held_up(2'999'999, 3'000'200));
  EXPECT_TRUE(watch.held_up(3'010'000, 3'010'000 + kLong));   // still behind
  EXPECT_FALSE(watch.held_up(3'200'000, 3'200'100));          // on time again
  EXPECT_FALSE(watch.held_up(3'300'000, 3'300'000 + kLong));  // late for another reason
}

}  // namespace
}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/run/meter/tick_readings.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <thread>

namespace tracetax {
namespace {

using namespace std::chrono_literals;

TEST(TickReadings, AreOneForEachTickAndOneAtEitherEnd) {
  const auto tree = sample_tree({getpid(), true});
  ASSERT_TRUE(tree);
  TickReadings readings(&*tree, 20ms, 5);
  const std::uint64_t before_ns = cpu_ns_now(*tree);
  while (cpu_ns_now(*tree) < before_ns + 30'000'000) {
  }
  std::this_thread::sleep_for(500ms);  // a busy machine: the thread needs its turns
  const std::vector<TickReading> read = readings.stop();
  ASSERT_EQ(read.size(), 6U);
  for (std::size_t i = 1; i < read.size(); ++i) {
    EXPECT_GT(read[i].at_ns, read[i - 1].at_ns);
    EXPECT_GE(read[i].cpu_ns, read[i - 1].cpu_ns);
    EXPECT_GE(read[i].noise.all_ticks, read[i - 1].noise.all_ticks);
  }
  EXPECT_GE(read.back().at_ns - read.front().at_ns, 500'000'000);
  EXPECT_GE(read.back().cpu_ns - read.front().cpu_ns, 30'000'000U);
}

TEST(TickReadings, OfOneTickAreTwoAndOfAnEarlyEndFewer) {
  TickReadings one(nullptr, 1h, 1);
  EXPECT_EQ(one.stop().size(), 2U);
  TickReadings early(nullptr, 1h, 100);
  const std::vector<TickReading> read = early.stop();
  EXPECT_EQ(read.size(), 2U);
  EXPECT_EQ(read.front().cpu_ns, 0U);
}

}  // namespace
}  // namespace tracetax

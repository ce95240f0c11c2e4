// SPDX-License-Identifier: Apache-2.0
#include "targets/engine/cpu_usage.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

namespace tracetax {
namespace {

using namespace std::chrono_literals;

bool shows_control_group() {
  return std::filesystem::exists("/sys/fs/cgroup/cpu.stat") ||
         std::filesystem::exists("/sys/fs/cgroup/cpuacct/cpuacct.usage");
}

TEST(CpuUsage, IsTheShareOfWhatTheGroupMayUse) {
  // Of two CPUs, one second: 2 s of system time. The group used 1 s of it.
  const CpuReading before{.used = 5s, .system = 100s};
  const CpuReading after{.used = 6s, .system = 102s};
  EXPECT_EQ(cpu_milli(before, after, {.cores = 2, .usable = 2}), 500);
  EXPECT_EQ(cpu_milli(before, after, {.cores = 2, .usable = 1.25}), 800);
  EXPECT_EQ(cpu_milli(before, after, {.cores = 2, .usable = 0.5}), 1000);
}

TEST(CpuUsage, NoTimeAndNoWorkIsNoLoad) {
  const CpuReading one{.used = 5s, .system = 100s};
  EXPECT_EQ(cpu_milli(one, one, {.cores = 2, .usable = 2}), 0);
  EXPECT_EQ(cpu_milli(one, {.used = 4s, .system = 101s}, {.cores = 2, .usable = 2}), 0);
}

TEST(CpuUsage, ReadsTheLineOfAllCpus) {
  EXPECT_EQ(parse_proc_stat("cpu  1 2 3 4 5 6 7 80 90 100\ncpu0 9 9 9 9 9 9 9 9 9 9\n"), 280ms);
  for (const char* text : {"", "cpu", "cpu0 1 2 3 4 5 6 7", "cpu 1 2 3 4 5 6", "cpu 1 2 3 x 5 6 7",
                           "cpu 1 2 3 -4 5 6 7", "cpu 9223372036854775807 1 1 1 1 1 1"}) {
    EXPECT_EQ(parse_proc_stat(text), std::nullopt) << text;
  }
}

TEST(CpuUsage, ReadsTheGroupsTime) {
  EXPECT_EQ(parse_cpu_stat("usage_usec 1500\nuser_usec 1000\n"), 1500us);
  EXPECT_EQ(parse_cpu_stat("user_usec 1000\nusage_usec 7"), 7us);
  EXPECT_EQ(parse_cpu_stat("user_usec 1000\n"), std::nullopt);
  EXPECT_EQ(parse_cpu_stat("usage_usec\n"), std::nullopt);
  EXPECT_EQ(parse_cpu_stat("usage_usec 9223372036854775807"), std::nullopt);
}

TEST(CpuUsage, CountsAListOfCpus) {
  EXPECT_EQ(parse_cpu_list("0-1\n"), 2);
  EXPECT_EQ(parse_cpu_list("3"), 1);
  EXPECT_EQ(parse_cpu_list("0-3,8,10-11\n"), 7);
  for (const char* text : {"", "\n", "a", "3-1", "1-", "-1", "0-99999999999"}) {
    EXPECT_EQ(parse_cpu_list(text), std::nullopt) << text;
  }
}

TEST(CpuUsage, SmoothingKeepsWholeThousandths) {
  EXPECT_EQ(smooth_cpu(0, 1000), 50);
  EXPECT_EQ(smooth_cpu(50, 1000), 97);   // 47.5 + 50
  EXPECT_EQ(smooth_cpu(97, 1000), 142);  // 92.15 + 50
  std::int64_t value = 0;
  for (int i = 0; i < 1000; ++i) value = smooth_cpu(value, 1000);
  EXPECT_EQ(value, 981);  // 981 * 0.95 + 50 = 981.95: the cut keeps it from 1000
}

TEST(CpuUsage, ReadingsOfThisMachineGrow) {
  const auto before = read_cpu();
  const auto after = read_cpu();
  // Nothing is read exactly where the kernel shows no control group.
  EXPECT_EQ(before.has_value(), shows_control_group());
  ASSERT_EQ(after.has_value(), before.has_value());
  if (before) {
    EXPECT_GE(after->used, before->used);
    EXPECT_GE(after->system, before->system);
  }
  EXPECT_GE(read_cpu_limit().cores, 1);
  EXPECT_GT(read_cpu_limit().usable, 0);
}

TEST(CpuUsage, SamplerStaysInRangeAndStopsAtOnce) {
  const auto begin = std::chrono::steady_clock::now();
  {
    const CpuSampler idle(1h);
    EXPECT_EQ(idle.milli(), 0);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 30min);
}

}  // namespace
}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/run/meter/core_probe.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

TEST(CoreProbe, TimesItsLoopOnEveryCpu) {
  const CpuList cpus = allowed_cpus();
  CoreProbe probe(cpus, CoreProbe::Priority::normal);
  const std::optional<CoreSpeed> speed = core_speed(probe.stop());
  ASSERT_TRUE(speed);
  EXPECT_GE(speed->probes, cpus.size());
  EXPECT_GT(speed->fastest_ns, 0);
  EXPECT_GE(speed->mean_ns, speed->fastest_ns);
}

TEST(CoreProbe, WatchesNothingWithoutCpus) {
  CoreProbe probe(CpuList{}, CoreProbe::Priority::idle);
  EXPECT_TRUE(probe.stop().empty());
}

TEST(CoreProbe, OfAForbiddenCpuTellsNothing) {
  CoreProbe probe(CpuList{1023}, CoreProbe::Priority::idle);
  EXPECT_TRUE(probe.stop().empty());
}

TEST(CoreSpeed, IsTheMeanAndTheFifthPercentile) {
  std::vector<ProbeLoop> loops;
  for (int i = 100; i >= 1; --i) loops.push_back({0, static_cast<double>(i)});
  const std::optional<CoreSpeed> speed = core_speed(loops);
  ASSERT_TRUE(speed);
  EXPECT_DOUBLE_EQ(speed->mean_ns, 50.5);
  EXPECT_EQ(speed->fastest_ns, 6);
  EXPECT_EQ(speed->probes, 100U);
  EXPECT_FALSE(core_speed(std::vector<ProbeLoop>{}));
}

}  // namespace
}  // namespace tracetax

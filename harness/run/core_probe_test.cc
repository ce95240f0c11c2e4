// SPDX-License-Identifier: Apache-2.0
#include "harness/run/core_probe.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

TEST(CoreProbe, TimesItsLoopOnEveryCpu) {
  const CpuList cpus = allowed_cpus();
  CoreProbe probe(cpus, CoreProbe::Priority::normal);
  const std::optional<CoreSpeed> speed = probe.stop();
  ASSERT_TRUE(speed);
  EXPECT_GE(speed->probes, cpus.size());
  EXPECT_GT(speed->fastest_ns, 0);
  EXPECT_GE(speed->mean_ns, speed->fastest_ns);
}

TEST(CoreProbe, WatchesNothingWithoutCpus) {
  CoreProbe probe(CpuList{}, CoreProbe::Priority::idle);
  EXPECT_FALSE(probe.stop());
}

TEST(CoreProbe, OfAForbiddenCpuTellsNothing) {
  CoreProbe probe(CpuList{1023}, CoreProbe::Priority::idle);
  EXPECT_FALSE(probe.stop());
}

}  // namespace
}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/pairs/level.h"

#include <gtest/gtest.h>

#include <cmath>

#include "harness/core/testing.h"

namespace tracetax {
namespace {

using testing::make_void;
using testing::set_cpu_us;
using testing::test_run;
using testing::test_suite;

/// 16, 8, 4, 2, 1, 1/2: their logarithms are evenly spaced, so the middle is 2^1.5, and with six
/// blocks the interval at 95 % spans all Walsh averages: from the smallest value to the largest.
TEST(Level, IsTheMiddleOfTheBlocksWithTheirInterval) {
  const RunResult result = test_run(test_suite(6), [](SegmentRecord& segment) {
    if (segment.arm == "off") set_cpu_us(segment, std::exp2(4 - segment.spec.block));
  });
  const Level level = level_of(result, 0, 0, Metric::cpu_per_request);
  EXPECT_EQ(level.blocks, 6);
  EXPECT_EQ(level.measured, 6);
  EXPECT_NEAR(level.value.value(), std::exp2(1.5), 1e-6);
  EXPECT_NEAR(level.interval->low, 0.5, 1e-6);
  EXPECT_NEAR(level.interval->high, 16, 1e-6);
  EXPECT_DOUBLE_EQ(level.interval->level, 0.96875);
}

TEST(Level, FewBlocksGiveAValueWithoutInterval) {
  const Level level = level_of(test_run(test_suite(5)), 0, 0, Metric::cpu_per_request);
  EXPECT_EQ(level.blocks, 5);
  EXPECT_NEAR(level.value.value(), 20, 1e-9);
  EXPECT_FALSE(level.interval);
}

TEST(Level, VoidBlocksAreCountedAndNotUsed) {
  const RunResult result = test_run(test_suite(7), [](SegmentRecord& segment) {
    if (segment.spec.block != 2 || segment.arm != "on@100%") return;
    set_cpu_us(segment, 900);
    make_void(segment, VoidRule::receipt_open);
  });
  const Level level = level_of(result, 0, 4, Metric::cpu_per_request);
  EXPECT_EQ(level.blocks, 6);
  EXPECT_EQ(level.measured, 7);
  EXPECT_NEAR(level.interval->high, 25.6, 1e-9);
}

TEST(Level, WhatWasNotMeasuredIsNothing) {
  const RunResult result = test_run(test_suite(6));
  const Level capacity = level_of(result, 0, 0, Metric::capacity);
  EXPECT_FALSE(capacity.value || capacity.interval);
  EXPECT_EQ(capacity.blocks, 0);
  EXPECT_FALSE(level_of(result, 3, 0, Metric::cpu_per_request).value) << "no such cell";
}

}  // namespace
}  // namespace tracetax

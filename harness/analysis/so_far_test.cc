// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/so_far.h"

#include <gtest/gtest.h>

#include "harness/core/testing.h"

namespace tracetax {
namespace {

std::string so_far(int blocks) {
  return effect_so_far(testing::test_run(testing::test_suite(blocks)), 0);
}

TEST(SoFar, IsTheLastTracedArmWithAnIntervalOnceThereCanBeOne) {
  EXPECT_EQ(so_far(0), "");
  EXPECT_EQ(so_far(5), "on@100% cpu +28 % (n = 5)");
  EXPECT_EQ(so_far(6), "on@100% cpu +28.0 % [+28.0, +28.0]");
}

}  // namespace
}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/stats/normal.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

// Known answers: Python's statistics.NormalDist (Wichura's AS 241).
TEST(NormalQuantile, KnownAnswers) {
  EXPECT_NEAR(normal_quantile(0.75), 0.6744897501960817, 1e-13);
  EXPECT_NEAR(normal_quantile(0.8), 0.8416212335729144, 1e-13);
  EXPECT_NEAR(normal_quantile(0.95), 1.6448536269514715, 1e-13);
  EXPECT_NEAR(normal_quantile(0.99), 2.3263478740408408, 1e-13);
  EXPECT_NEAR(normal_quantile(1e-9), -5.9978070150076865, 1e-12);
  EXPECT_NEAR(normal_quantile(0.5), 0, 1e-15);
}

TEST(NormalQuantile, BothTailsHaveTheSameDigits) {
  for (const double p : {0x1p-2, 0x1p-20, 0x1p-40, 0x1p-50}) {  // 1 - p is exact
    EXPECT_EQ(normal_quantile(1 - p), -normal_quantile(p)) << p;
  }
  EXPECT_NEAR(normal_quantile(0), -38, 1e-9);
  EXPECT_NEAR(normal_quantile(1), 38, 1e-9);
}

}  // namespace
}  // namespace tracetax

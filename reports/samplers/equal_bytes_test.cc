// SPDX-License-Identifier: Apache-2.0
#include "reports/samplers/equal_bytes.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

TEST(EqualBytes, WhatStoresMoreIsThinned) {
  // 14 bytes into 10: five of seven survive.
  EXPECT_DOUBLE_EQ(recall_at_equal_bytes(1, 14, 100, 10), 5.0 / 7);
  EXPECT_DOUBLE_EQ(recall_at_equal_bytes(0.7, 14, 100, 10), 0.5);
}

TEST(EqualBytes, WhatStoresLessFillsUpFromWhatItDropped) {
  // 5 of the 100 bytes that it dropped: one in twenty of the half that it lost.
  EXPECT_DOUBLE_EQ(recall_at_equal_bytes(0.5, 5, 105, 10), 0.525);
  EXPECT_DOUBLE_EQ(recall_at_equal_bytes(1, 5, 105, 10), 1);
  EXPECT_DOUBLE_EQ(recall_at_equal_bytes(0, 0, 100, 10), 0.1) << "who keeps nothing draws lots";
}

TEST(EqualBytes, AFixedRatioHasItsShareWhateverItsRate) {
  for (const double rate : {0.001, 0.01, 0.1, 0.5, 1.0})
    EXPECT_NEAR(recall_at_equal_bytes(rate, rate * 250, 250, 25), 0.1, 1e-12) << rate;
}

TEST(EqualBytes, MeetsItselfAtTheBudgetAndFallsWithBytes) {
  EXPECT_DOUBLE_EQ(recall_at_equal_bytes(0.8, 10, 100, 10), 0.8);
  double before = 1;
  for (double bytes = 0; bytes <= 100; bytes += 0.5) {
    const double now = recall_at_equal_bytes(0.8, bytes, 100, 10);
    EXPECT_LT(now, before) << bytes;
    before = now;
  }
}

TEST(EqualBytes, ABudgetForEverythingKeepsEverything) {
  EXPECT_DOUBLE_EQ(recall_at_equal_bytes(0.2, 30, 100, 100), 1);
  EXPECT_DOUBLE_EQ(recall_at_equal_bytes(0.2, 120, 100, 110), 1);
}

}  // namespace
}  // namespace tracetax

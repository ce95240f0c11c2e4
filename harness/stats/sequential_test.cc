// SPDX-License-Identifier: Apache-2.0
#include "harness/stats/sequential.h"

#include <gtest/gtest.h>

#include <array>

#include "harness/stats/signed_rank.h"

namespace tracetax {
namespace {

constexpr std::array kFull{Look{10, 0.010}, Look{20, 0.015}, Look{40, 0.025}};

TEST(Sequential, TotalAlphaIsTheSum) {
  EXPECT_DOUBLE_EQ(total_alpha(kFull), 0.05);
  EXPECT_EQ(total_alpha({}), 0);
}

// By hand: 0.004 * 0.05 / 0.010 = 0.02, 0.009 * 0.05 / 0.015 = 0.03.
TEST(Sequential, SmallestOfTheWeightedLooks) {
  const std::array done{LookP{kFull[0], 0.004}, LookP{kFull[1], 0.009}};
  EXPECT_DOUBLE_EQ(sequential_p(done, 0.05), 0.02);
  EXPECT_DOUBLE_EQ(sequential_p(std::span(done).last(1), 0.05), 0.03);
}

TEST(Sequential, NothingSeenIsOne) {
  EXPECT_EQ(sequential_p({}, 0.05), 1);
  EXPECT_EQ(sequential_p(std::array{LookP{kFull[0], 0.9}}, 0.05), 1);
}

TEST(Sequential, TurnsWhereALookSpendsItsShare) {
  for (const Look& look : kFull) {
    EXPECT_LE(sequential_p(std::array{LookP{look, look.alpha * 0.999999}}, 0.05), 0.05);
    EXPECT_GT(sequential_p(std::array{LookP{look, look.alpha * 1.000001}}, 0.05), 0.05);
  }
}

/// The repeated interval at each look of `full`: the method's own constants.
TEST(Sequential, LooksHaveTheirCriticalIndices) {
  EXPECT_EQ(signed_rank_critical(10, 0.010), 6);
  EXPECT_EQ(signed_rank_critical(20, 0.015), 48);
  EXPECT_EQ(signed_rank_critical(40, 0.025), 265);
}

}  // namespace
}  // namespace tracetax

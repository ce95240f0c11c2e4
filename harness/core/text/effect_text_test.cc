// SPDX-License-Identifier: Apache-2.0
#include "harness/core/text/effect_text.h"

#include <gtest/gtest.h>

#include <limits>

namespace tracetax {
namespace {

TEST(EffectText, DigitsFollowTheInterval) {
  EXPECT_EQ(format_effect(31.234, {.low = 28.41, .high = 34.09, .level = 0.95}),
            "+31 % [+28, +34]");
  EXPECT_EQ(format_effect(31.234, {.low = 29.44, .high = 33.09, .level = 0.95}),
            "+31.2 % [+29.4, +33.1]");
  EXPECT_EQ(format_effect(8.1, {.low = -9.2, .high = 30.04, .level = 0.95}), "+8 % [-9, +30]");
  EXPECT_EQ(format_effect(-0.123, {.low = -0.3, .high = 0.05, .level = 0.95}),
            "-0.12 % [-0.30, +0.05]");
}

TEST(EffectText, ZeroHasNoMinus) {
  EXPECT_EQ(format_effect(-0.001, {.low = -1.2, .high = 1.2, .level = 0.95}),
            "+0.0 % [-1.2, +1.2]");
}

TEST(EffectText, AnEmptyIntervalStillPrints) {
  EXPECT_EQ(format_effect(5, {.low = 5, .high = 5, .level = 0.95}), "+5.0 % [+5.0, +5.0]");
}

TEST(EffectText, AmountsCarryTheirUnit) {
  EXPECT_EQ(format_amount(5.61, {.low = 5.32, .high = 5.88, .level = 0.95}, "us"),
            "5.6 us [5.3, 5.9]");
  EXPECT_EQ(format_amount(-0.02, {.low = -0.7, .high = 0.4, .level = 0.95}, "us"),
            "0.0 us [-0.7, 0.4]");
}

TEST(EffectText, NumbersHaveThreeSignificantDigits) {
  EXPECT_EQ(format_number(0), "0");
  EXPECT_EQ(format_number(0.012345), "0.0123");
  EXPECT_EQ(format_number(1.2345), "1.23");
  EXPECT_EQ(format_number(99.96), "100");
  EXPECT_EQ(format_number(9.996), "10.0");
  EXPECT_EQ(format_number(123.4), "123");
  EXPECT_EQ(format_number(999.6), "1,000");
  EXPECT_EQ(format_number(-12'345), "-12,300");
  EXPECT_EQ(format_number(1'234'567), "1,230,000");
  EXPECT_EQ(format_number(std::numeric_limits<double>::quiet_NaN()), "-");
}

TEST(EffectText, CountsAreGroupedByThousands) {
  EXPECT_EQ(format_count(0), "0");
  EXPECT_EQ(format_count(999), "999");
  EXPECT_EQ(format_count(1'000), "1,000");
  EXPECT_EQ(format_count(118'200), "118,200");
  EXPECT_EQ(format_count(18'446'744'073'709'551'615ULL), "18,446,744,073,709,551,615");
}

}  // namespace
}  // namespace tracetax

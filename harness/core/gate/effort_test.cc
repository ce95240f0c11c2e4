// SPDX-License-Identifier: Apache-2.0
#include "harness/core/gate/effort.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

TEST(Effort, SpendsFivePercentOverItsLooks) {
  for (const Effort effort : {Effort::quick, Effort::ci, Effort::full, Effort::paper}) {
    EXPECT_NEAR(total_alpha(looks_of(effort)), 0.05, 1e-15) << name_of(effort);
    EXPECT_EQ(parse_effort(name_of(effort)), effort);
  }
  EXPECT_EQ(looks_of(Effort::full), (std::vector<Look>{{10, 0.010}, {20, 0.015}, {40, 0.025}}));
  EXPECT_EQ(looks_of(Effort::ci), (std::vector<Look>{{10, 0.02}, {20, 0.03}}));
  EXPECT_EQ(blocks_of(Effort::quick), 10);
  EXPECT_EQ(blocks_of(Effort::paper), 60);
}

TEST(Effort, UnknownNamesGetASuggestion) {
  const auto wrong = parse_effort("fulll");
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().message.find("full"), std::string::npos) << wrong.error().message;
}

}  // namespace
}  // namespace tracetax

// The rules of a risk engine.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "targets/work/testing.h"

namespace tracetax {
namespace {

TEST(AtMost, ComparesWholeNumbersAndRefusesAllElse) {
  const MadeWork rule = made_work("at_most", R"({"value": "amount", "most": 100})");
  EXPECT_TRUE(rule.run({{"amount", "100"}}));
  EXPECT_TRUE(rule.run({{"amount", "-5"}}));
  for (const char* amount : {"101", "1e1", "", "10 ", "99999999999999999999"})
    EXPECT_FALSE(rule.run({{"amount", amount}})) << amount;
  EXPECT_FALSE(rule.run({}));
  EXPECT_NE(made_work("at_most", R"({"value": "amount"})").mistakes, "");
}

TEST(Frequency, EachUserHasAWindow) {
  const MadeWork rule = made_work("frequency", R"({"by": "user", "most": 2, "within": "1h"})");
  EXPECT_TRUE(rule.run({{"user", "1"}}));
  EXPECT_TRUE(rule.run({{"user", "1"}}));
  EXPECT_FALSE(rule.run({{"user", "1"}}));
  EXPECT_TRUE(rule.run({{"user", "2"}}));
  const MadeWork brief = made_work("frequency", R"({"by": "user", "most": 1, "within": "1ns"})");
  EXPECT_TRUE(brief.run({{"user", "1"}}));
  EXPECT_TRUE(brief.run({{"user", "1"}}));  // the window is over
  EXPECT_NE(made_work("frequency", R"({"by": "user", "most": 2, "within": "x"})").mistakes, "");
}

TEST(Anomaly, ScoresFollowFromTheUserAndAFewAreAbove) {
  const MadeWork rule = made_work("anomaly", R"({"by": "user", "most": 0.95})");
  int above = 0;
  for (int user = 0; user < 1000; ++user) {
    const bool passes = rule.run({{"user", std::to_string(user)}});
    EXPECT_EQ(rule.run({{"user", std::to_string(user)}}), passes);
    above += passes ? 0 : 1;
  }
  EXPECT_GT(above, 0);
  EXPECT_LT(above, 200);
  const MadeWork all = made_work("anomaly", R"({"by": "user", "most": 1})");
  const double score = std::stod(all.sets("risk.score", {{"user", "1"}}));
  EXPECT_GT(score, 0);
  EXPECT_LT(score, 1);
}

}  // namespace
}  // namespace tracetax

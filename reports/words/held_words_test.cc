// SPDX-License-Identifier: Apache-2.0
#include "reports/words/held_words.h"

#include <gtest/gtest.h>

#include "reports/testing.h"

namespace tracetax {
namespace {

TEST(HeldWords, SayHowFarTheRealOneIs) {
  const HeldAgainst held{
      .framework = "gin", .cpu = KeptRatio{2.4, 1.9, 2.9, 10}, .month = "2026-12"};
  EXPECT_EQ(held_words(held, Language::english),
            "real gin costs 2.4 [1.9, 2.9] times as much per request (2026-12)");
  EXPECT_EQ(held_words(held, Language::chinese),
            "真实 gin 每请求 CPU 为其 2.4 [1.9, 2.9] 倍（2026-12）");
  EXPECT_EQ(held_ratio(held, Language::english), "2.4 [1.9, 2.9]");
}

TEST(HeldWords, OrThatNobodyKnows) {
  const HeldAgainst never{.framework = "gin", .cpu = {}, .month = {}};
  EXPECT_EQ(held_words(never, Language::english), "not yet measured beside the real one");
  EXPECT_EQ(held_ratio(never, Language::chinese), "未测量");
}

TEST(HeldWords, StandBehindTheNameOfAnEmulationOnly) {
  RunResult result = testing::sample_run(testing::made_up_suite(1));
  EXPECT_EQ(what_it_is(result, 0), "emulated; not yet measured beside the real one; off = absent");
  result.suite.targets[0].kind = TargetKind::real;
  EXPECT_EQ(what_it_is(result, 0), "real, off = absent");
  result.suite.targets[0].kind = TargetKind::command;
  EXPECT_EQ(what_it_is(result, 0), "off = absent");
}

}  // namespace
}  // namespace tracetax

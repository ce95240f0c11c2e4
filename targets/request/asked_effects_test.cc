// SPDX-License-Identifier: Apache-2.0
#include "targets/request/asked_effects.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

TEST(AskedEffects, AreReadFromTheQueryAmongOthers) {
  const auto all = effects_asked_by("a=b&fail=1&slow=20ms&&late=1.5s&priority=high&x");
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_TRUE(all->fails);
  EXPECT_TRUE(all->high_priority);
  EXPECT_EQ(all->slow, std::chrono::milliseconds(20));
  EXPECT_EQ(all->late, std::chrono::milliseconds(1500));
  const auto none = effects_asked_by("failure=1&slowly=20ms&q=late");
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->fails || none->high_priority);
  EXPECT_EQ(none->slow + none->late, Nanos(0));
}

TEST(AskedEffects, OfNoMeaningAreRefused) {
  for (const char* wrong :
       {"slow=20", "slow=", "late", "late=2h", "slow=-1ms", "fail=yes", "priority=low"}) {
    const auto read = effects_asked_by(wrong);
    ASSERT_FALSE(read) << wrong;
    EXPECT_NE(read.error().message.find("query: "), std::string::npos);
  }
}

}  // namespace
}  // namespace tracetax

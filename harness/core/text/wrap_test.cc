// SPDX-License-Identifier: Apache-2.0
#include "harness/core/text/wrap.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

TEST(Wrapped, BreaksAtSpaces) {
  EXPECT_EQ(wrapped("one two three four", 11, "- ", "  "), "- one two\n  three\n  four\n");
  EXPECT_EQ(wrapped("unbreakable-word x", 8, "", ""), "unbreakable-word\nx\n");
  EXPECT_EQ(wrapped("", 8, "> ", ""), "> \n");
}

TEST(CutToWidth, CountsCharactersAndNotBytes) {
  EXPECT_EQ(cut_to_width("a · b · c", 5), "a · b");
  EXPECT_EQ(cut_to_width("a ·", 3), "a ·");
  EXPECT_EQ(cut_to_width("a · b", 9), "a · b");
  EXPECT_EQ(cut_to_width("a · b", 0), "a · b") << "no terminal has no width";
}

}  // namespace
}  // namespace tracetax

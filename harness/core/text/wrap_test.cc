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

}  // namespace
}  // namespace tracetax

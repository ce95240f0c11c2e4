// SPDX-License-Identifier: Apache-2.0
#include "harness/core/text/shell_words.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

using Words = std::vector<std::string>;

TEST(ShellWords, AreWhatASimpleCommandHasInSh) {
  EXPECT_EQ(shell_words("  python3 app.py\t--port {port} "),
            (Words{"python3", "app.py", "--port", "{port}"}));
  EXPECT_EQ(shell_words("sh -c 'exec ./a \"b c\"' x\\ y \"\\\"\" ''"),
            (Words{"sh", "-c", "exec ./a \"b c\"", "x y", "\"", ""}));
  EXPECT_EQ(shell_words("a\"b c\"d '\\n' \"\\n\""), (Words{"ab cd", "\\n", "\\n"}));
}

TEST(ShellWords, SayWhatIsMissing) {
  EXPECT_EQ(shell_words("sh -c 'oops").error().message, "'sh -c 'oops': the quote ' does not end");
  EXPECT_EQ(shell_words("   ").error().message, "names no program");
}

}  // namespace
}  // namespace tracetax

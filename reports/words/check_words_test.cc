// SPDX-License-Identifier: Apache-2.0
#include "reports/words/check_words.h"

#include <gtest/gtest.h>

#include <array>
#include <sstream>

namespace tracetax {
namespace {

const std::array kLines{
    CheckLine{"ready", "", CheckWord::ok, "off after 0.31 s", ""},
    CheckLine{"p99", "", CheckWord::note, "too few requests", "--set design.measure=1.3s"},
    CheckLine{"off is off", "off", CheckWord::refused,
              "120 spans came of 120 requests though tracing is off: the service heeds no variable",
              "give the command that runs it without tracing"}};

TEST(CheckWords, ARemedyStandsBeneathWhatItMends) {
  EXPECT_EQ(write_checks(kLines, CheckView::what_is_wrong, 60, false),
            "refused   off is off (off): 120 spans came of 120 requests\n"
            "          though tracing is off: the service heeds no\n"
            "          variable\n"
            "          -> give the command that runs it without tracing\n");
}

TEST(CheckWords, NoLineIsLongerThanTheTerminal) {
  std::istringstream text{write_checks(kLines, CheckView::all, 50, false)};
  int lines = 0;
  for (std::string line; std::getline(text, line); ++lines) EXPECT_LE(line.size(), 50U) << line;
  EXPECT_EQ(lines, 8);
}

TEST(CheckWords, NothingWrongIsNothingToSay) {
  EXPECT_EQ(write_checks({kLines.data(), 2}, CheckView::what_is_wrong, 80, false), "");
  EXPECT_EQ(write_checks({kLines.data(), 1}, CheckView::all, 80, true),
            "\x1b[32mok\x1b[0m        ready: off after 0.31 s\n");
}

}  // namespace
}  // namespace tracetax

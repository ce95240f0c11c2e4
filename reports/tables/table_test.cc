// SPDX-License-Identifier: Apache-2.0
#include "reports/tables/table.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

Table sample() {
  return {.columns = {{.title = "arm"},
                      {.title = "off", .right = true, .keep = 2},
                      {.title = "word", .keep = 1}},
          .rows = {{"on@1%", "1 us", "higher"}, {"off2", "10 us", "within noise"}}};
}

TEST(TextTable, ColumnsAreAligned) {
  EXPECT_EQ(text_table(sample(), 80),
            "arm      off  word\n"
            "-----  -----  ------------\n"
            "on@1%   1 us  higher\n"
            "off2   10 us  within noise\n");
}

TEST(TextTable, LosesTheLeastWantedColumnFirst) {
  EXPECT_EQ(text_table(sample(), 25), "arm      off\n-----  -----\non@1%   1 us\noff2   10 us\n");
  EXPECT_EQ(text_table(sample(), 26).substr(0, 18), "arm      off  word");
  EXPECT_EQ(text_table(sample(), 6), "arm\n-----\non@1%\noff2\n");
}

TEST(TextTable, LongNamesAreCutAndNumbersAreNot) {
  const Table table{.columns = {{.title = "arm"}, {.title = "n", .right = true}},
                    .rows = {{"a-very-long-name-of-an-arm", "123456"}}};
  EXPECT_EQ(text_table(table, 20),
            "arm                n\n------------  ------\na-very-long~  123456\n");
}

TEST(TextTable, CharactersCountAndNotBytes) {
  const Table table{.columns = {{.title = "arm"}, {.title = "n", .right = true}},
                    .rows = {{"caf\xC3\xA9", "1"}, {"abcde", "2"}}};
  EXPECT_EQ(text_table(table, 40), "arm    n\n-----  -\ncaf\xC3\xA9   1\nabcde  2\n");
}

TEST(TextTable, NothingInACellSteersTheTerminal) {
  const Table table{.columns = {{.title = "arm"}}, .rows = {{"a\x1b[31mb\nc"}}};
  EXPECT_EQ(text_table(table, 40), "arm\n------------\na\\x1b[31mb c\n");
}

TEST(MarkdownTable, RowsAndAlignment) {
  EXPECT_EQ(markdown_table(sample()),
            "| arm | off | word |\n|---|---:|---|\n| on@1% | 1 us | higher |\n| off2 | 10 us | "
            "within noise |\n");
}

TEST(MarkdownTable, AShortRowIsFilledUp) {
  const Table table{.columns = {{.title = "a"}, {.title = "b"}}, .rows = {{"1"}}};
  EXPECT_EQ(markdown_table(table), "| a | b |\n|---|---|\n| 1 |  |\n");
}

TEST(MarkdownText, MarksAreEscapedAndPlainTextIsNot) {
  EXPECT_EQ(markdown_text("a|b `c` *d* <e> \\ &f;"), "a\\|b \\`c\\` \\*d\\* \\<e\\> \\\\ \\&f;");
  EXPECT_EQ(markdown_text("receipt_open [+1.2, +3.4] 5 % (see #3)"),
            "receipt_open [+1.2, +3.4] 5 % (see #3)");
  EXPECT_EQ(markdown_text("_x_ [a](http://b)"), "\\_x\\_ [a\\](http://b)");
  EXPECT_EQ(markdown_text("two\nlines\r\n# not a heading"), "two lines  # not a heading");
}

TEST(MarkdownCode, BackticksArePacked) {
  EXPECT_EQ(markdown_code("ls"), "`ls`");
  EXPECT_EQ(markdown_code("a`b"), "``a`b``");
  EXPECT_EQ(markdown_code("`"), "`` ` ``");
  EXPECT_EQ(markdown_code("a|b"), "`a\\|b`");
  EXPECT_EQ(markdown_code_block("x ```` y", "sh"), "`````sh\nx ```` y\n`````\n");
}

}  // namespace
}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/core/text/quote.h"

#include <gtest/gtest.h>

#include <string>

namespace tracetax {
namespace {

TEST(Quote, PlainAndUnicodeTextStaysReadable) {
  EXPECT_EQ(quote(""), "''");
  EXPECT_EQ(quote("off"), "'off'");
  EXPECT_EQ(quote("5 µs, 日本, 🙂"), "'5 µs, 日本, 🙂'");
}

TEST(Quote, ControlCharactersCannotReachTheTerminal) {
  EXPECT_EQ(quote("a\nb\x1b[31m\x7f"), "'a\\x0ab\\x1b[31m\\x7f'");
  EXPECT_EQ(quote("\xc2\x9b"
                  "31m"),
            "'\\xc2\\x9b31m'");
}

TEST(Quote, InvalidUtf8IsEscapedByteByByte) {
  EXPECT_EQ(quote("\xff"), "'\\xff'");
  EXPECT_EQ(quote("\xe2\x82"), "'\\xe2\\x82'");
  EXPECT_EQ(quote("\xed\xa0\x80"), "'\\xed\\xa0\\x80'");
}

TEST(Quote, LongTextIsCut) {
  EXPECT_EQ(quote(std::string(60, 'x')), "'" + std::string(60, 'x') + "'");
  EXPECT_EQ(quote(std::string(1'000'000, 'x')), "'" + std::string(60, 'x') + "...'");
}

}  // namespace
}  // namespace tracetax

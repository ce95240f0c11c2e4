// SPDX-License-Identifier: Apache-2.0
#include "harness/wire/jce.h"

#include <gtest/gtest.h>

#include <limits>

#include "harness/wire/testing.h"

namespace tracetax {
namespace {

using testing::bytes_of;

std::string integer(std::uint8_t tag, std::int64_t value) {
  std::string out;
  JceWriter(out).integer(tag, value);
  return out;
}

TEST(Jce, WritesIntegersInTheNarrowestType) {
  EXPECT_EQ(integer(1, 0), bytes_of("1c"));
  EXPECT_EQ(integer(1, 127), bytes_of("10 7f"));
  EXPECT_EQ(integer(1, -128), bytes_of("10 80"));
  EXPECT_EQ(integer(1, 128), bytes_of("11 0080"));
  EXPECT_EQ(integer(1, -129), bytes_of("11 ff7f"));
  EXPECT_EQ(integer(1, 32768), bytes_of("12 00008000"));
  EXPECT_EQ(integer(1, 2147483648), bytes_of("13 0000000080000000"));
  EXPECT_EQ(integer(14, 1), bytes_of("e0 01"));
  EXPECT_EQ(integer(15, 1), bytes_of("f0 0f 01"));
  EXPECT_EQ(integer(255, 0), bytes_of("fc ff"));
}

TEST(Jce, WritesEveryOtherTypeByTheLayout) {
  std::string out;
  JceWriter writer(out);
  writer.f64(0, 1.5);
  EXPECT_EQ(writer.fixed_i32(1, 7), 10U);
  EXPECT_EQ(writer.text(2, "abc"), 16U);
  writer.bytes(3, "xy");
  writer.map(4, 1);
  writer.text(0, "k");
  writer.text(1, "v");
  writer.list(5, 0);
  writer.begin_struct(6);
  writer.integer(0, 1);
  writer.end_struct();
  EXPECT_EQ(out, bytes_of("05 3ff8000000000000 12 00000007 26 03 'abc' 3d 00 00 02 'xy' 48 00 01 "
                          "06 01 'k' 16 01 'v'"
                          "59 0c 6a 00 01 0b"));
}

TEST(Jce, LongTextsHaveFourBytesOfLength) {
  for (const std::size_t size : {255U, 256U}) {
    std::string out;
    JceWriter(out).text(0, std::string(size, 't'));
    EXPECT_EQ(out.substr(0, size == 255 ? 2 : 5),
              size == 255 ? bytes_of("06 ff") : bytes_of("07 00000100"));
    std::string_view text;
    JceReader in(out);
    ASSERT_TRUE(in.text(0, text));
    EXPECT_EQ(text.size(), size);
  }
}

TEST(Jce, ReadsIntegersOfAnyWidthThatFit) {
  std::int8_t narrow = 0;
  std::int64_t wide = 0;
  for (const char* bytes : {"00 05", "01 0005", "02 00000005", "03 0000000000000005"}) {
    const std::string input = bytes_of(bytes);
    EXPECT_TRUE(JceReader(input).integer(0, narrow)) << bytes;
    EXPECT_EQ(narrow, 5);
    EXPECT_TRUE(JceReader(input).integer(0, wide)) << bytes;
    EXPECT_EQ(wide, 5);
  }
  const std::string too_wide = bytes_of("01 0100");
  JceReader in(too_wide);
  EXPECT_FALSE(in.integer(0, narrow));
  EXPECT_TRUE(in.at_fault());
  for (const std::int64_t value :
       {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1}, std::int64_t{40000}}) {
    const std::string written = integer(3, value);
    EXPECT_TRUE(JceReader(written).integer(3, wide));
    EXPECT_EQ(wide, value);
  }
}

// One field of every type under the tags 0 to 8, then 9.
std::string every_type() {
  std::string out;
  JceWriter writer(out);
  writer.integer(0, 0);
  writer.integer(1, 70000);
  writer.f64(2, 2);
  writer.text(3, "text");
  writer.text(4, std::string(300, 't'));
  writer.bytes(5, "bytes");
  writer.map(6, 1);
  writer.text(0, "k");
  writer.list(1, 2);
  writer.integer(0, 1);
  writer.integer(0, 500);
  writer.begin_struct(7);
  writer.begin_struct(0);
  writer.end_struct();
  writer.end_struct();
  out += bytes_of("84 3fc00000");
  writer.integer(9, 99);
  return out;
}

TEST(Jce, PassesOverFieldsBeforeTheOneAskedFor) {
  const std::string bytes = every_type();
  JceReader in(bytes);
  int last = 0;
  ASSERT_TRUE(in.integer(9, last));
  EXPECT_EQ(last, 99);
  JceReader two(bytes);
  double half = 0, real = 0;
  ASSERT_TRUE(two.f64(2, real) && two.f64(8, half));
  EXPECT_EQ(real, 2.0);
  EXPECT_EQ(half, 1.5);
}

TEST(Jce, AMissingFieldIsNoFault) {
  const std::string bytes = bytes_of("1c 3c");
  JceReader in(bytes);
  int value = 0;
  EXPECT_FALSE(in.integer(2, value));
  EXPECT_FALSE(in.at_fault());
  EXPECT_TRUE(in.integer(3, value));
  EXPECT_FALSE(in.integer(4, value));
  EXPECT_FALSE(in.at_fault());
}

TEST(Jce, FieldsOfAStructEndWithIt) {
  const std::string bytes = bytes_of("0a 00 05 0b 10 07");  // struct 0 { 0: 5 }, 1: 7
  JceReader in(bytes);
  int value = 0;
  ASSERT_TRUE(in.begin_struct(0) && in.integer(0, value));
  EXPECT_EQ(value, 5);
  EXPECT_FALSE(in.integer(1, value));
  ASSERT_TRUE(in.end_struct() && in.integer(1, value));
  EXPECT_EQ(value, 7);
  EXPECT_TRUE(in.skip_rest());
}

TEST(Jce, EveryShorterInputIsRefused) {
  const std::string bytes = every_type();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    JceReader in(std::string_view{bytes}.substr(0, size));
    int last = 0;
    EXPECT_FALSE(in.integer(9, last)) << size;
  }
}

TEST(Jce, RefusesSizesThatTheInputCannotHold) {
  std::size_t size = 0;
  std::string_view text;
  const std::string map = bytes_of("08 00 02 06 00 16"), list = bytes_of("09 00 02 0c"),
                    negative = bytes_of("09 00 ff");
  const std::string bytes = bytes_of("0d 00 00 02 'a'"), not_bytes = bytes_of("0d 01 00 01 'a'");
  EXPECT_FALSE(JceReader(map).map(0, size));
  EXPECT_FALSE(JceReader(list).list(0, size));
  EXPECT_FALSE(JceReader(negative).list(0, size));
  EXPECT_FALSE(JceReader(bytes).bytes(0, text));
  EXPECT_FALSE(JceReader(not_bytes).bytes(0, text));
}

TEST(Jce, DepthIsLimited) {
  const auto nested = [](int depth) {
    const auto size = static_cast<std::size_t>(depth);
    return std::string(size, '\x0a') + std::string(size, '\x0b');
  };
  const std::string deepest = nested(kJceDepthMax), deeper = nested(kJceDepthMax + 1);
  EXPECT_TRUE(JceReader(deepest).skip_rest());
  EXPECT_FALSE(JceReader(deeper).skip_rest());
}

}  // namespace
}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/wire/protobuf_fields.h"

#include <gtest/gtest.h>

#include <limits>

#include "harness/wire/testing.h"

namespace tracetax {
namespace {

using testing::bytes_of;

TEST(ProtobufFields, WritesVarintsAndTexts) {
  std::string out;
  append_protobuf_integer(1, 300, out);
  append_protobuf_text(2, "testing", out);
  append_protobuf_integer(3, -1, out);
  append_protobuf_integer(4, 0, out);
  append_protobuf_text(5, "", out);
  EXPECT_EQ(out, bytes_of("08 ac02 12 07 'testing' 18 ffffffffffffffffff01"));
}

TEST(ProtobufFields, ReadsWhatItWrites) {
  for (const std::int64_t value :
       {std::int64_t{1}, std::int64_t{127}, std::int64_t{128}, std::int64_t{-1},
        std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
    std::string bytes;
    append_protobuf_integer(15, value, bytes);
    append_protobuf_text(1, std::string(200, 't'), bytes);
    ProtobufReader in(bytes);
    ProtobufField field;
    ASSERT_TRUE(in.next(field));
    EXPECT_TRUE(field.is_integer);
    EXPECT_EQ(field.number, 15U);
    EXPECT_EQ(static_cast<std::int64_t>(field.integer), value);
    ASSERT_TRUE(in.next(field));
    EXPECT_TRUE(field.is_text);
    EXPECT_EQ(field.text, std::string(200, 't'));
    EXPECT_TRUE(in.at_end());
  }
}

TEST(ProtobufFields, PassesOverFixedSizes) {
  const std::string bytes = bytes_of("09 0102030405060708 15 01020304 08 01");
  ProtobufReader in(bytes);
  ProtobufField field;
  ASSERT_TRUE(in.next(field) && in.next(field));
  EXPECT_FALSE(field.is_text || field.is_integer);
  ASSERT_TRUE(in.next(field));
  EXPECT_EQ(field.integer, 1U);
}

TEST(ProtobufFields, RefusesWhatIsMalformed) {
  ProtobufField field;
  for (const char* bytes :
       {"08", "08 80", "08 ffffffffffffffffff02", "08 ffffffffffffffffffff01", "12 03 'ab'",
        "12 ffffffffffffffffff01", "09 01", "0b", "0c", "00 01", "f8ffffffff0f 01"}) {
    const std::string input = bytes_of(bytes);
    ProtobufReader in(input);
    EXPECT_FALSE(in.next(field)) << bytes;
  }
}

}  // namespace
}  // namespace tracetax

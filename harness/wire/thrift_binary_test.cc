// SPDX-License-Identifier: Apache-2.0
#include "harness/wire/thrift_binary.h"

#include <gtest/gtest.h>

#include <limits>

#include "harness/wire/testing.h"

namespace tracetax {
namespace {

using testing::bytes_of;

// Everything that can stand in a struct, once.
void write_all(ThriftWriter& out) {
  out.field(ThriftType::boolean, 1);
  out.boolean(true);
  out.field(ThriftType::i8, 2);
  out.i8(-2);
  out.field(ThriftType::f64, 3);
  out.f64(1.5);
  out.field(ThriftType::i16, -4);
  out.i16(-300);
  out.field(ThriftType::i32, 5);
  out.i32(-70000);
  out.field(ThriftType::i64, 6);
  out.i64(std::numeric_limits<std::int64_t>::min());
  out.field(ThriftType::text, 7);
  out.text("text");
  out.field(ThriftType::structure, 8);
  out.field(ThriftType::boolean, 1);
  out.boolean(false);
  out.stop();
  out.field(ThriftType::map, 9);
  out.map(ThriftType::text, ThriftType::i32, 1);
  out.text("k");
  out.i32(9);
  out.field(ThriftType::list, 10);
  out.list(ThriftType::i64, 2);
  out.i64(1);
  out.i64(-1);
  out.stop();
}

const char kAll[] =
    "02 0001 01  03 0002 fe  04 0003 3ff8000000000000  06 fffc fed4  08 0005 fffeee90  0a 0006 "
    "8000000000000000"
    "0b 0007 00000004 'text'  0c 0008 02 0001 00 00  0d 0009 0b 08 00000001 00000001 'k' 00000009"
    "0f 000a 0a 00000002 0000000000000001 ffffffffffffffff  00";

TEST(ThriftBinary, WritesAMessageByTheLayout) {
  std::string out;
  ThriftWriter writer(out);
  const std::size_t at = writer.message({ThriftMessageType::call, "Echo", 7});
  writer.field(ThriftType::structure, 1);
  writer.field(ThriftType::text, 1);
  writer.text("hi");
  writer.stop();
  writer.stop();
  EXPECT_EQ(out,
            bytes_of("8001 0001 00000004 'Echo' 00000007 0c 0001 0b 0001 00000002 'hi' 00 00"));
  EXPECT_EQ(at, 12U);
}

TEST(ThriftBinary, WritesEveryTypeByTheLayout) {
  std::string out;
  ThriftWriter writer(out);
  write_all(writer);
  EXPECT_EQ(out, bytes_of(kAll));
}

TEST(ThriftBinary, ReadsWhatItWrites) {
  const std::string bytes = bytes_of(kAll);
  ThriftReader in(bytes);
  ThriftField field;
  bool truth = false;
  std::int8_t byte = 0;
  double real = 0;
  std::int16_t i16 = 0;
  std::int32_t i32 = 0, size = 0;
  std::int64_t i64 = 0;
  std::string_view text;
  ThriftType key{}, value{};
  ASSERT_TRUE(in.field(field) && in.boolean(truth));
  EXPECT_EQ(field, (ThriftField{ThriftType::boolean, 1}));
  EXPECT_TRUE(truth);
  ASSERT_TRUE(in.field(field) && in.i8(byte) && in.field(field) && in.f64(real) &&
              in.field(field) && in.i16(i16));
  EXPECT_EQ(byte, -2);
  EXPECT_EQ(real, 1.5);
  EXPECT_EQ(i16, -300);
  EXPECT_EQ(field.id, -4);
  ASSERT_TRUE(in.field(field) && in.i32(i32) && in.field(field) && in.i64(i64) && in.field(field) &&
              in.text(text));
  EXPECT_EQ(i32, -70000);
  EXPECT_EQ(i64, std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(text, "text");
  ASSERT_TRUE(in.field(field) && in.field(field) && in.boolean(truth) && in.field(field));
  EXPECT_EQ(field.type, ThriftType::stop);
  ASSERT_TRUE(in.field(field) && in.map(key, value, size) && in.text(text) && in.i32(i32));
  EXPECT_EQ(key, ThriftType::text);
  EXPECT_EQ(value, ThriftType::i32);
  EXPECT_EQ(text, "k");
  EXPECT_EQ(i32, 9);
  ASSERT_TRUE(in.field(field) && in.list(value, size));
  EXPECT_EQ(size, 2);
  ASSERT_TRUE(in.i64(i64) && in.i64(i64) && in.field(field));
  EXPECT_EQ(i64, -1);
  EXPECT_TRUE(in.rest().empty());
}

TEST(ThriftBinary, PassesOverEveryType) {
  const std::string bytes = bytes_of(kAll);
  ThriftReader in(bytes);
  EXPECT_TRUE(in.skip(ThriftType::structure));
  EXPECT_TRUE(in.rest().empty());
}

TEST(ThriftBinary, EveryShorterInputIsRefused) {
  const std::string bytes = bytes_of(kAll);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ThriftReader in(std::string_view{bytes}.substr(0, size));
    EXPECT_FALSE(in.skip(ThriftType::structure)) << size;
  }
}

TEST(ThriftBinary, RefusesAHeadThatIsNotStrict) {
  ThriftMessage message;
  for (const char* head :
       {"00000004 'Echo' 01 00000007", "8002 0001 00000004 'Echo' 00000007",
        "8001 0000 00000004 'Echo' 00000007", "8001 0005 00000004 'Echo' 00000007",
        "8001 0001 ffffffff 'Echo' 00000007", "8001 0001 00000005 'Echo'"}) {
    const std::string bytes = bytes_of(head);
    EXPECT_FALSE(ThriftReader(bytes).message(message)) << head;
  }
  const std::string long_name =
      bytes_of("8001 0001 00000401") + std::string(1025, 'n') + bytes_of("00000007");
  EXPECT_FALSE(ThriftReader(long_name).message(message));
  const std::string right = bytes_of("8001 0003 00000004 'Echo' 80000007");
  ASSERT_TRUE(ThriftReader(right).message(message));
  EXPECT_EQ(message.type, ThriftMessageType::exception);
  EXPECT_EQ(message.sequence, std::numeric_limits<std::int32_t>::min() + 7);
}

TEST(ThriftBinary, RefusesContainersThatTheInputCannotHold) {
  ThriftType element{}, key{};
  std::int32_t size = 0;
  const std::string list = bytes_of("08 00000003 00000001 00000002"),
                    negative = bytes_of("08 ffffffff");
  const std::string of_nothing = bytes_of("05 00000001 00"), empty = bytes_of("00 00000000");
  const std::string map = bytes_of("0b 0b 00000002 00000000 00000000 00000000");
  EXPECT_FALSE(ThriftReader(list).list(element, size));
  EXPECT_FALSE(ThriftReader(negative).list(element, size));
  EXPECT_FALSE(ThriftReader(of_nothing).list(element, size));
  EXPECT_TRUE(ThriftReader(empty).list(element, size));
  EXPECT_FALSE(ThriftReader(map).map(key, element, size));
}

TEST(ThriftBinary, DepthIsLimited) {
  const auto nested = [](int depth) {
    std::string bytes;
    for (int i = 1; i < depth; ++i) bytes += bytes_of("0c 0001");
    return bytes + std::string(static_cast<std::size_t>(depth), '\0');
  };
  const std::string deepest = nested(kThriftDepthMax), deeper = nested(kThriftDepthMax + 1);
  EXPECT_TRUE(ThriftReader(deepest).skip(ThriftType::structure));
  EXPECT_FALSE(ThriftReader(deeper).skip(ThriftType::structure));
}

TEST(ThriftBinary, ReadsExceptionsAndPassesOverWhatElseIsInThem) {
  std::string out;
  ThriftWriter(out).exception({"no such method", 1});
  EXPECT_EQ(out, bytes_of("0b 0001 0000000e 'no such method' 08 0002 00000001 00"));
  const std::string more =
      bytes_of("0f 0003 03 00000001 00  08 0002 00000006  0b 0001 00000001 'm'  00");
  ThriftException exception;
  ASSERT_TRUE(ThriftReader(out).exception(exception));
  EXPECT_EQ(exception, (ThriftException{"no such method", 1}));
  ASSERT_TRUE(ThriftReader(more).exception(exception));
  EXPECT_EQ(exception, (ThriftException{"m", 6}));
  EXPECT_FALSE(ThriftReader(std::string_view{more}.substr(0, 12)).exception(exception));
}

}  // namespace
}  // namespace tracetax

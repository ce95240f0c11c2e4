// SPDX-License-Identifier: Apache-2.0
#include "harness/wire/kitex_pb.h"

#include <gtest/gtest.h>

#include "harness/wire/testing.h"

namespace tracetax {
namespace {

using testing::bytes_of;

TEST(KitexPb, WritesAFrameByTheLayout) {
  std::string out;
  const std::size_t at =
      append_kitex_pb({ThriftMessageType::call, "Echo", 0x0a0b0c0d}, "body", out);
  EXPECT_EQ(out, bytes_of("00000014 9001 0001 00000004 'Echo' 0a0b0c0d 'body'"));
  EXPECT_EQ(at, 16U);
}

TEST(KitexPb, ReadsWhatItWrites) {
  std::string frame;
  append_kitex_pb({ThriftMessageType::reply, "GetUser", -1}, "", frame);
  ThriftMessage head;
  std::string_view body = "x";
  ASSERT_TRUE(read_kitex_pb(frame, head, body));
  EXPECT_EQ(head, (ThriftMessage{ThriftMessageType::reply, "GetUser", -1}));
  EXPECT_EQ(body, "");
  for (std::size_t size = 0; size < frame.size(); ++size) {
    EXPECT_FALSE(read_kitex_pb(std::string_view{frame}.substr(0, size), head, body)) << size;
  }
}

TEST(KitexPb, RefusesWhatIsNone) {
  ThriftMessage head;
  std::string_view body;
  for (const char* bytes :
       {"0000000c 8001 0001 00000000 00000001", "0000000c 9001 0000 00000000 00000001",
        "0000000c 9001 0005 00000000 00000001", "0000000c 9001 0101 00000000 00000001",
        "0000000c 9001 0001 00000001 00000001", "0000000c 9001 0001 ffffffff 00000001"}) {
    EXPECT_FALSE(read_kitex_pb(bytes_of(bytes), head, body)) << bytes;
  }
  EXPECT_TRUE(read_kitex_pb(bytes_of("0000000c 9001 0001 00000000 00000001"), head, body));
}

TEST(KitexPb, CarriesExceptions) {
  std::string body;
  append_kitex_pb_exception({"unknown method x", 1}, body);
  EXPECT_EQ(body, bytes_of("08 01 12 10 'unknown method x'"));
  ThriftException exception;
  ASSERT_TRUE(read_kitex_pb_exception(body, exception));
  EXPECT_EQ(exception, (ThriftException{"unknown method x", 1}));
  const std::string negative = bytes_of("08 ffffffffffffffffff01");
  ASSERT_TRUE(read_kitex_pb_exception(negative, exception));
  EXPECT_EQ(exception, (ThriftException{"", -1}));
  EXPECT_FALSE(read_kitex_pb_exception(bytes_of("12 10 'short'"), exception));
}

}  // namespace
}  // namespace tracetax

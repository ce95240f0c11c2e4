// SPDX-License-Identifier: Apache-2.0
#include "harness/wire/ttheader.h"

#include <gtest/gtest.h>

#include "harness/wire/testing.h"

namespace tracetax {
namespace {

using testing::bytes_of;

std::string frame_of(const TtHeader& header, std::string_view payload) {
  std::string out;
  const TtFrame frame = begin_ttheader(header, out);
  EXPECT_TRUE(frame.fits);
  out += payload;
  end_ttheader(out, frame);
  return out;
}

TEST(TtHeader, WritesTheSmallestHeaderByTheLayout) {
  EXPECT_EQ(frame_of({}, "payload"),
            bytes_of("00000015 1000 0000 00000000 0001 00 00 0000 'payload'"));
}

TEST(TtHeader, WritesEveryBlockByTheLayout) {
  TtHeader header;
  header.flags = kTtOutOfOrder;
  header.sequence = 0x01020304;
  header.texts = {{"k", "value"}, {kTtTraceparentKey, "00-a"}};
  header.integers = {{kTtToMethod, "Echo"}};
  header.acl_token = "acl";
  // 2 + (1 + 2 + 3) + (3 + 2 + 1 + 2 + 5 + 2 + 23 + 2 + 4) + (3 + 2 + 2 + 4) = 63, so one byte of
  // padding.
  EXPECT_EQ(frame_of(header, "p"),
            bytes_of("0000004b 1000 0001 01020304 0010 00 00"
                     "11 0003 'acl'"
                     "01 0002 0001 'k' 0005 'value' 0017 'RPC_TRANSIT_traceparent' 0004 '00-a'"
                     "10 0001 0009 0004 'Echo'"
                     "00 'p'"));
}

TEST(TtHeader, ReadsWhatItWritesWhateverThePadding) {
  for (std::size_t size = 0; size < 9; ++size) {
    const std::string value(size, 'v');
    TtHeader header;
    header.sequence = 0xffffffff;
    header.protocol = kTtKitexProtobuf;
    header.texts = {{"key", value}};
    header.integers = {{1, value}, {65535, "x"}};
    header.acl_token = "t";
    const std::string frame = frame_of(header, "the payload");
    TtHeader read;
    read.texts = {{"old", "old"}};
    std::string_view payload;
    ASSERT_TRUE(read_ttheader(frame, read, payload)) << size;
    EXPECT_EQ(read, header);
    EXPECT_EQ(payload, "the payload");
    EXPECT_EQ(read.text("key"), value);
    EXPECT_EQ(read.text("kez"), "");
  }
}

TEST(TtHeader, TellsTheSequenceAlone) {
  TtHeader header;
  header.sequence = 77;
  header.texts = {{"key", "value"}};
  std::uint32_t sequence = 0;
  std::string_view payload;
  ASSERT_TRUE(read_ttheader_sequence(frame_of(header, "pay"), sequence, payload));
  EXPECT_EQ(sequence, 77U);
  header.protocol = kTtKitexProtobuf;
  EXPECT_FALSE(read_ttheader_sequence(frame_of(header, "pay"), sequence, payload));
}

TEST(TtHeader, EveryShorterInputIsRefused) {
  TtHeader header;
  header.texts = {{"k", "value"}};
  header.integers = {{9, "Echo"}};
  const std::string whole = frame_of(header, "");
  TtHeader read;
  std::string_view payload;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(read_ttheader(std::string_view{whole}.substr(0, size), read, payload)) << size;
  }
  EXPECT_FALSE(read_ttheader(whole + "x", read, payload));
}

TEST(TtHeader, RefusesWhatDoesNotFit) {
  TtHeader read;
  std::string_view payload;
  for (const char* bytes : {
           "0000000e 1001 0000 00000000 0001 00 00 0000",             // magic
           "0000000e 1000 0000 00000000 0000 00 00 0000",             // no header at all
           "0000000e 1000 0000 00000000 0002 00 00 0000",             // longer than the frame
           "0000000e 1000 0000 00000000 0001 00 01 0000",             // a transform
           "0000000e 1000 0000 00000000 0001 00 00 0200",             // an unknown block
           "00000012 1000 0000 00000000 0002 00 00 01 0002 0000 00",  // a second text that is not
                                                                      // there
           "00000012 1000 0000 00000000 0002 00 00 11 0004 000000",   // a token that is cut short
       }) {
    EXPECT_FALSE(read_ttheader(bytes_of(bytes), read, payload)) << bytes;
  }
}

TEST(TtHeader, SaysWhenItIsTooLong) {
  const std::string value(33000, 'v');
  TtHeader header;
  header.texts = {{"a", value}, {"b", value}};
  std::string out;
  EXPECT_FALSE(begin_ttheader(header, out).fits);
  header.texts.pop_back();
  out.clear();
  EXPECT_TRUE(begin_ttheader(header, out).fits);
}

}  // namespace
}  // namespace tracetax

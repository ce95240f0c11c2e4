// SPDX-License-Identifier: Apache-2.0
#include "harness/load/session/protobuf_shape.h"

#include <gtest/gtest.h>

#include <string>

namespace tracetax {
namespace {

// The same in every cut.
bool is_protobuf(std::string_view bytes) {
  ProtobufShape at_once;
  const bool whole = at_once.take(bytes) && at_once.whole();
  for (std::size_t piece = 1; piece < bytes.size(); ++piece) {
    ProtobufShape cut;
    bool taken = true;
    for (std::size_t at = 0; at < bytes.size() && taken; at += piece)
      taken = cut.take(bytes.substr(at, piece));
    EXPECT_EQ(taken && cut.whole(), whole) << "in pieces of " << piece;
  }
  return whole;
}

TEST(ProtobufShape, TakesEveryKindOfField) {
  EXPECT_TRUE(is_protobuf(""));
  EXPECT_TRUE(is_protobuf("\x0a\x02hi"));
  EXPECT_TRUE(is_protobuf("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
  EXPECT_TRUE(
      is_protobuf({"\x09"
                   "12345678"
                   "\x15"
                   "1234"
                   "\x0a\0",
                   16}));
  EXPECT_TRUE(is_protobuf("\x0b\x08\x01\x13\x14\x0c"));  // groups
  EXPECT_TRUE(is_protobuf("\x0a\xac\x02" + std::string(300, 'x')));
}

TEST(ProtobufShape, RefusesWhatIsNone) {
  for (const std::string_view text :
       {"hello world", "<html></html>", "{\"text\": \"hi\"}", "x", "\x0a\x03hi", "\x07", "\x0e",
        "\x0b\x08\x01", "\x0c", "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        "\x0a\xff\xff\xff\xff\x0f"
        "x"}) {
    EXPECT_FALSE(is_protobuf(text)) << text;
  }
  EXPECT_FALSE(is_protobuf({"\0\1", 2}));  // field 0
}

}  // namespace
}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/load/session/grpc_frame.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

TEST(GrpcFrame, IsAFlagALengthAndTheMessage) {
  EXPECT_EQ(grpc_frame("abc"), std::string("\0\0\0\0\3abc", 8));
  EXPECT_EQ(grpc_frame(""), std::string("\0\0\0\0\0", 5));
  EXPECT_EQ(grpc_frame(std::string(70'000, 'x')).substr(0, 5), std::string("\0\0\1\x11\x70", 5));
}

TEST(GrpcFrameReader, FindsTheSameMessagesHoweverTheyAreCut) {
  const std::string stream =
      grpc_frame("one") + grpc_frame("") + grpc_frame(std::string(300, 'x')) + grpc_frame("4");
  for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
    GrpcFrameReader reader;
    int ended = 0;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      ended += reader.take(std::string_view{stream}.substr(at, piece));
    }
    EXPECT_EQ(ended, 4) << piece;
    EXPECT_EQ(reader.messages(), 4U) << piece;
    EXPECT_TRUE(reader.between_messages()) << piece;
  }
}

TEST(GrpcFrameReader, KnowsWhenItIsInsideOfAMessage) {
  const std::string frame = grpc_frame("one");
  for (std::size_t size = 1; size < frame.size(); ++size) {
    GrpcFrameReader reader;
    EXPECT_EQ(reader.take(std::string_view{frame}.substr(0, size)), 0);
    EXPECT_FALSE(reader.between_messages()) << size;
  }
}

TEST(GrpcFrameReader, RefusesWhatNobodyAskedFor) {
  GrpcFrameReader reader;
  EXPECT_EQ(reader.take({"\1\0\0\0\1x", 6}), GrpcFrameReader::kCompressed);
  reader.reset();
  EXPECT_EQ(reader.take({"\2\0\0\0\1x", 6}), GrpcFrameReader::kUndefinedFlag);
}

TEST(GrpcFrameReader, RefusesMessagesThatAreNoProtobufWhereTheyMustBe) {
  for (const auto& [message, ended] : {std::pair{"\x0a\x02hi", 2},
                                       {"", 2},
                                       {"hello", GrpcFrameReader::kNotProtobuf},
                                       {"\x0a\x03hi", GrpcFrameReader::kNotProtobuf}}) {
    GrpcFrameReader reader;
    reader.reset(true);
    EXPECT_EQ(reader.take(grpc_frame("") + grpc_frame(message)), ended) << message;
    reader.reset();
    EXPECT_EQ(reader.take(grpc_frame("") + grpc_frame(message)), 2) << message;
  }
}

TEST(GrpcMessages, AreThoseOfAWholeBody) {
  const std::string body = grpc_frame("a") + grpc_frame("bc");
  EXPECT_EQ(grpc_messages(body), (std::vector<std::string_view>{"a", "bc"}));
  EXPECT_TRUE(grpc_messages(body.substr(0, body.size() - 1)).empty());
  EXPECT_TRUE(grpc_messages("").empty());
}

}  // namespace
}  // namespace tracetax

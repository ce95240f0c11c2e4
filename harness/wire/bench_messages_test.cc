// SPDX-License-Identifier: Apache-2.0
#include "harness/wire/bench_messages.h"

#include <gtest/gtest.h>

#include "harness/wire/testing.h"

namespace tracetax {
namespace {

using testing::bytes_of;

constexpr WireFormat kFormats[] = {WireFormat::thrift, WireFormat::protobuf, WireFormat::jce,
                                   WireFormat::json};

template <typename Message>
std::string request(WireFormat format, const Message& message) {
  std::string out;
  encode_request(format, message, out);
  return out;
}
template <typename Message>
std::string answer(WireFormat format, const Message& message) {
  std::string out;
  encode_answer(format, message, out);
  return out;
}

TEST(BenchMessages, AskByTheLayouts) {
  EXPECT_EQ(request(WireFormat::thrift, EchoText{"hi"}),
            bytes_of("0c 0001 0b 0001 00000002 'hi' 00 00"));
  EXPECT_EQ(request(WireFormat::protobuf, EchoText{"hi"}), bytes_of("0a 02 'hi'"));
  EXPECT_EQ(request(WireFormat::jce, EchoText{"hi"}), bytes_of("1a 06 02 'hi' 0b"));
  EXPECT_EQ(request(WireFormat::json, EchoText{"hi"}), R"({"text":"hi"})");
  EXPECT_EQ(request(WireFormat::thrift, UserQuery{42}),
            bytes_of("0c 0001 0a 0001 000000000000002a 00 00"));
  EXPECT_EQ(request(WireFormat::protobuf, UserQuery{42}), bytes_of("08 2a"));
  EXPECT_EQ(request(WireFormat::jce, UserQuery{42}), bytes_of("1a 00 2a 0b"));
  EXPECT_EQ(request(WireFormat::json, UserQuery{42}), R"({"id":42})");
}

TEST(BenchMessages, AnswerByTheLayouts) {
  const BenchUser user{1, "n", "e", "c"};
  EXPECT_EQ(answer(WireFormat::thrift, EchoText{"hi"}),
            bytes_of("0c 0000 0b 0001 00000002 'hi' 00 00"));
  EXPECT_EQ(answer(WireFormat::jce, EchoText{"hi"}), bytes_of("0c 2a 06 02 'hi' 0b"));
  EXPECT_EQ(answer(WireFormat::thrift, user),
            bytes_of("0c 0000 0a 0001 0000000000000001 0b 0002 00000001 'n' 0b 0003 00000001 'e'"
                     "0b 0004 00000001 'c' 00 00"));
  EXPECT_EQ(answer(WireFormat::protobuf, user), bytes_of("08 01 12 01 'n' 1a 01 'e' 22 01 'c'"));
  EXPECT_EQ(answer(WireFormat::jce, user),
            bytes_of("0c 2a 00 01 16 01 'n' 26 01 'e' 36 01 'c' 0b"));
  EXPECT_EQ(answer(WireFormat::json, user), R"({"id":1,"name":"n","email":"e","created_at":"c"})");
}

TEST(BenchMessages, ReadWhatTheyWriteInEveryFormat) {
  for (const WireFormat format : kFormats) {
    for (const std::string& text :
         {std::string{}, std::string{"hi"}, std::string(70'000, 't'), std::string{"\"\\\n€"}}) {
      EchoText read{"old"};
      EXPECT_TRUE(decode_request(format, request(format, EchoText{text}), read));
      EXPECT_EQ(read.text, text);
      EXPECT_TRUE(decode_answer(format, answer(format, EchoText{text}), read));
      EXPECT_EQ(read.text, text);
    }
    for (const std::int64_t id :
         {INT64_MIN, std::int64_t{-1}, std::int64_t{0}, std::int64_t{300}, INT64_MAX}) {
      UserQuery query{5};
      BenchUser user{5, "a", "b", "c"};
      EXPECT_TRUE(decode_request(format, request(format, UserQuery{id}), query));
      EXPECT_EQ(query.id, id);
      EXPECT_TRUE(decode_answer(format, answer(format, bench_user(id)), user));
      EXPECT_EQ(user, bench_user(id));
    }
  }
}

TEST(BenchMessages, EveryShorterThriftAndJceIsRefused) {
  BenchUser user;
  for (const WireFormat format : {WireFormat::thrift, WireFormat::jce}) {
    const std::string whole = answer(format, bench_user(1));
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_FALSE(decode_answer(format, std::string_view{whole}.substr(0, size), user)) << size;
    }
    EXPECT_FALSE(decode_answer(format, whole + "x", user));
  }
}

TEST(BenchMessages, AnAnswerWithoutAResultIsNone) {
  EchoText read;
  EXPECT_FALSE(decode_answer(WireFormat::thrift, bytes_of("00"), read));
  // A declared exception: another field of the result.
  EXPECT_FALSE(
      decode_answer(WireFormat::thrift, bytes_of("0c 0001 0b 0001 00000001 'x' 00 00"), read));
  EXPECT_FALSE(decode_answer(WireFormat::jce, bytes_of("00 01 2a 06 02 'hi' 0b"), read));
  EXPECT_FALSE(decode_answer(WireFormat::json, "[]", read));
  EXPECT_FALSE(decode_answer(WireFormat::json, "{\"text\":5}", read));
}

TEST(BenchMessages, UnknownFieldsArePassedOver) {
  EchoText read;
  EXPECT_TRUE(decode_answer(
      WireFormat::thrift,
      bytes_of("0c 0000 08 0009 00000001 0b 0001 00000002 'hi' 00 02 0007 01 00"), read));
  EXPECT_EQ(read.text, "hi");
  EXPECT_TRUE(decode_answer(WireFormat::protobuf, bytes_of("48 01 0a 02 'ho'"), read));
  EXPECT_EQ(read.text, "ho");
  EXPECT_TRUE(decode_answer(WireFormat::jce, bytes_of("0c 2a 06 02 'hi' 1c 0b 3c"), read));
  EXPECT_TRUE(decode_answer(WireFormat::json, R"({"more": [1], "text": "hi"})", read));
  UserQuery query;
  EXPECT_TRUE(decode_request(WireFormat::json, R"({"id": "42"})", query));
  EXPECT_EQ(query.id, 42);
}

}  // namespace
}  // namespace tracetax

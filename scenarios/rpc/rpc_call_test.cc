// SPDX-License-Identifier: Apache-2.0
#include "scenarios/rpc/rpc_call.h"

#include <gtest/gtest.h>

#include "harness/core/suite/scenario_spec.h"

namespace tracetax {
namespace {

constexpr WireFormat kFormats[] = {WireFormat::thrift, WireFormat::protobuf, WireFormat::jce,
                                   WireFormat::json};

struct Read {
  RpcCalls calls;
  std::string mistakes;
};

Read read(const char* options, WireFormat format = WireFormat::protobuf) {
  Mistakes mistakes("scenarios.s");
  const Json json = Json::parse(options);
  JsonFields fields(json, "", mistakes);
  Read out;
  out.calls = read_rpc_calls(fields, format);
  fields.finish();
  if (!mistakes.empty()) out.mistakes = mistakes.error().message;
  return out;
}

template <typename Answer>
std::string answer(WireFormat format, const Answer& message) {
  std::string out;
  encode_answer(format, message, out);
  return out;
}

TEST(RpcCall, AnEchoMustComeBackInEveryFormat) {
  for (const WireFormat format : kFormats) {
    const Read echo = read(R"({"method": "Echo", "data": {"text": "hello"}})", format);
    ASSERT_EQ(echo.mistakes, "");
    EchoText asked;
    ASSERT_TRUE(decode_request(format, echo.calls.requests.at(0), asked));
    EXPECT_EQ(asked.text, "hello");
    EXPECT_TRUE(echo.calls.check(0, 0, answer(format, EchoText{"hello"})));
    EXPECT_FALSE(echo.calls.check(0, 0, answer(format, EchoText{"hullo"})));
    EXPECT_FALSE(echo.calls.check(0, 0, "\x01garbage"));
  }
  // Another way to write the same.
  const Read json = read(R"({"method": "Echo", "data": {"text": "hello"}})", WireFormat::json);
  EXPECT_TRUE(json.calls.check(0, 0, R"({ "text" : "hel\u006co" })"));
}

TEST(RpcCall, AUserMustHaveTheIdAskedForAndAName) {
  for (const WireFormat format : kFormats) {
    const Read user = read(R"({"method": "GetUser", "data": {"id": 42}})", format);
    ASSERT_EQ(user.mistakes, "");
    EXPECT_TRUE(user.calls.check(0, 0, answer(format, bench_user(42))));
    EXPECT_TRUE(user.calls.check(0, 0, answer(format, BenchUser{42, "another name", "", ""})));
    EXPECT_FALSE(user.calls.check(0, 0, answer(format, BenchUser{42, "", "", ""})));
    EXPECT_FALSE(user.calls.check(0, 0, answer(format, bench_user(43))));
  }
}

TEST(RpcCall, SeveralCallsGoInTurn) {
  const Read two = read(R"({"method": "GetUser", "data": [{"id": 1}, {"id": 2}]})");
  ASSERT_EQ(two.calls.requests.size(), 2U);
  EXPECT_TRUE(two.calls.check(4, 0, answer(WireFormat::protobuf, bench_user(1))));
  EXPECT_TRUE(two.calls.check(5, 0, answer(WireFormat::protobuf, bench_user(2))));
  EXPECT_FALSE(two.calls.check(5, 0, answer(WireFormat::protobuf, bench_user(1))));
}

TEST(RpcCall, AnyOtherMethodIsGivenAsBytes) {
  const Read own = read(R"({"method": "Mine", "payload": "0a 02 6869"})");
  ASSERT_EQ(own.mistakes, "");
  EXPECT_EQ(own.calls.requests.at(0), "\x0a\x02hi");
  EXPECT_FALSE(own.calls.check);
  const Read checked = read(R"({"method": "Mine", "payload": "", "expect": {"payload": "0A"}})");
  ASSERT_EQ(checked.mistakes, "");
  EXPECT_TRUE(checked.calls.check(0, 0, "\n"));
  EXPECT_FALSE(checked.calls.check(0, 0, "\n\n"));
}

TEST(RpcCall, NamesEveryMistake) {
  EXPECT_NE(read("{}").mistakes.find("method"), std::string::npos);
  EXPECT_NE(read(R"({"method": "Ecko"})").mistakes.find("did you mean 'Echo'?"), std::string::npos);
  EXPECT_NE(
      read(R"({"method": "Echo", "data": {"txt": ""}})").mistakes.find("did you mean 'text'?"),
      std::string::npos);
  EXPECT_NE(read(R"({"method": "GetUser"})").mistakes.find("id"), std::string::npos);
  EXPECT_NE(read(R"({"method": "Echo", "data": []})").mistakes.find("at least one"),
            std::string::npos);
  EXPECT_NE(read(R"({"method": "Echo", "data": [{}, 5]})").mistakes.find("data[1]"),
            std::string::npos);
  EXPECT_NE(read(R"({"method": "Echo", "data": {}, "payload": "00"})").mistakes.find("not both"),
            std::string::npos);
  EXPECT_NE(read(R"({"method": "Mine", "data": {}})").mistakes.find("give payload"),
            std::string::npos);
  EXPECT_NE(read(R"({"method": "Mine", "payload": "0"})").mistakes.find("pairs of hex digits"),
            std::string::npos);
  EXPECT_NE(read(R"({"method": "Mine", "payload": "zz"})").mistakes.find("pairs of hex digits"),
            std::string::npos);
  const std::string longest =
      R"({"method": "Echo", "data": {"text": ")" + std::string(1 << 20, 't') + "\"}}";
  EXPECT_NE(read(longest.c_str()).mistakes.find("can be checked"), std::string::npos);
  EXPECT_NE(read(R"({"method": "Echo", "expect": {"paylod": "00"}})")
                .mistakes.find("did you mean 'payload'?"),
            std::string::npos);
}

}  // namespace
}  // namespace tracetax

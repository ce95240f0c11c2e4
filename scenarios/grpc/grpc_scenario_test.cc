// SPDX-License-Identifier: Apache-2.0
#include "scenarios/grpc/grpc_scenario.h"

#include <gtest/gtest.h>

#include "harness/core/text/checkout_testing.h"
#include "harness/load/session/grpc_frame.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;

const std::string kSuites = source_folder() + "/scenarios/suites";
const ScenarioUse kUse{{"127.0.0.1", 50051}};

Result<PreparedScenario> prepare(const std::string& method, const std::string& more,
                                 const ScenarioUse& use = kUse) {
  const std::string options =
      R"({"proto": "bench.proto", "method": "bench.v1.Bench/)" + method + "\"" + more + "}";
  return prepare_grpc_scenario({"calls", "grpc", Json::parse(options), kSuites}, use);
}

std::string fields_of(const StreamTemplate& stream) {
  std::string text;
  for (const HeaderField& field : stream.fields) text += field.name + "=" + field.value + "\n";
  return text;
}

TEST(GrpcScenario, AUnaryCallIsOneStreamWithOneFramedMessage) {
  const auto scenario = prepare(
      "Echo", R"(, "data": {"text": "hi"}, "metadata": {"x-key": "v"}, "deadline": "250ms")");
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->protocol, Protocol::grpc);
  ASSERT_EQ(scenario->streams.size(), 1U);
  EXPECT_EQ(fields_of(scenario->streams[0]),
            ":method=POST\n:scheme=http\n:path=/bench.v1.Bench/"
            "Echo\n:authority=127.0.0.1:50051\nte=trailers\n"
            "content-type=application/grpc\nuser-agent=tracetax/0.1\ngrpc-timeout=250000u\n"
            "traceparent=00-00000000000000000000000000000000-0000000000000000-00\nx-key=v\n");
  EXPECT_EQ(scenario->streams[0].context, (ContextPlaces{{ContextField::traceparent, 8}}));
  EXPECT_EQ(scenario->streams[0].messages, (std::vector<std::string>{grpc_frame("\x0a\x02hi")}));
  EXPECT_EQ(scenario->deadline, 250ms);
  EXPECT_FALSE(scenario->answers_with_messages);
}

TEST(GrpcScenario, UnaryMessagesTakeTurnsAndStreamedOnesGoTogether) {
  const std::string two = R"(, "data": [{"text": "a"}, {"text": "b"}])";
  EXPECT_EQ(prepare("Echo", two)->streams.size(), 2U);
  const auto collect = prepare("Collect", two);
  ASSERT_EQ(collect->streams.size(), 1U);
  EXPECT_EQ(collect->streams[0].messages.size(), 2U);
  EXPECT_FALSE(collect->answers_with_messages);
  EXPECT_TRUE(prepare("Chat", two)->answers_with_messages);
  EXPECT_TRUE(prepare("Feed", R"(, "data": {"count": 3})")->answers_with_messages);
}

TEST(GrpcScenario, OnlyBidiTakesTurns) {
  EXPECT_TRUE(prepare("Chat", R"(, "turns": true)")->takes_turns);
  const auto feed = prepare("Feed", R"(, "turns": true)");
  ASSERT_FALSE(feed);
  EXPECT_NE(feed.error().message.find(
                "scenarios.calls: turns: /bench.v1.Bench/Feed is a server stream method"),
            std::string::npos)
      << feed.error().message;
}

TEST(GrpcScenario, SendsNoContextWhereTheTargetDecides) {
  const auto scenario = prepare("Echo", "", {kUse.endpoint, {}});
  EXPECT_TRUE(scenario->streams[0].context.empty());
  EXPECT_EQ(fields_of(scenario->streams[0]).find("traceparent"), std::string::npos);
}

TEST(GrpcScenario, SendsTheContextByAnotherName) {
  const auto scenario = prepare("Echo", R"(, "traceparent_as": "RPC-Transit-traceparent")");
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->streams[0].fields.at(scenario->streams[0].context.at(0).at).name,
            "rpc-transit-traceparent");
  EXPECT_FALSE(prepare("Echo", R"(, "traceparent_as": "te")"));
  using enum ContextFormat;
  const ScenarioUse several{kUse.endpoint, {b3, w3c}};
  const auto prefix =
      prepare("Echo", R"(, "traceparent_as": "rpc-transit-traceparent")", several)->streams[0];
  EXPECT_EQ(prefix.fields.at(prefix.context.at(0).at).name, "rpc-transit-b3");
  EXPECT_EQ(prefix.fields.at(prefix.context.at(1).at).name, "rpc-transit-traceparent");
  const auto other = prepare("Echo", R"(, "traceparent_as": "parent")", several)->streams[0];
  EXPECT_EQ(other.fields.at(other.context.at(0).at).name, "b3");
  EXPECT_EQ(other.fields.at(other.context.at(1).at).name, "parent");
  EXPECT_FALSE(prepare("Echo", R"(, "traceparent_as": "a", "metadata": {"a": "b"})"));
}

TEST(GrpcScenario, AsksNobodyAsLongAsTheTargetIsNotUp) {
  const Json options = Json::parse(R"({"method": "a.B/C"})");
  EXPECT_TRUE(prepare_grpc_scenario({"calls", "grpc", options, ""}, {kUse.endpoint, {}, false}));
  EXPECT_FALSE(prepare_grpc_scenario({"calls", "grpc", Json::parse(R"({"metod": "x"})"), ""},
                                     {kUse.endpoint, {}, false}));
}

TEST(GrpcTimeout, IsAtMostEightDigitsAndNeverLonger) {
  EXPECT_EQ(grpc_timeout(1ns), "1n");
  EXPECT_EQ(grpc_timeout(99'999'999ns), "99999999n");
  EXPECT_EQ(grpc_timeout(100'000'999ns), "100000u");
  EXPECT_EQ(grpc_timeout(1s), "1000000u");
  EXPECT_EQ(grpc_timeout(24h), "86400000m");
}

}  // namespace
}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "scenarios/catalog.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

ScenarioFacts facts_of(std::string_view kind, Json options = Json::object()) {
  ScenarioSpec scenario;
  scenario.kind = kind;
  scenario.options = std::move(options);
  return describe_scenario(scenario);
}

std::optional<int> bytes_of(std::string_view kind, Json options = Json::object()) {
  return facts_of(kind, std::move(options)).context_bytes;
}

TEST(ScenarioFacts, TheContextIsTheFieldAsTheProtocolWritesIt) {
  const std::string value(55, '0');
  EXPECT_EQ(bytes_of("http"), std::string("traceparent: " + value + "\r\n").size());
  EXPECT_EQ(bytes_of("gomicro"), bytes_of("http"));
  EXPECT_EQ(bytes_of("http", {{"http2", true}}), std::string("traceparent" + value).size());
  EXPECT_EQ(bytes_of("grpc"), bytes_of("http", {{"http2", true}}));
  EXPECT_EQ(bytes_of("triple"), bytes_of("grpc"));
  EXPECT_EQ(bytes_of("thrift", {{"framing", "ttheader"}}),
            std::string("..RPC_TRANSIT_traceparent.." + value).size());
  EXPECT_EQ(bytes_of("tars"), std::string("..traceparent.." + value).size());
}

TEST(ScenarioFacts, TheContextIsAllFieldsOfAllFormats) {
  using enum ContextFormat;
  ScenarioSpec spec;
  spec.context = {b3multi, xray};
  const auto bytes = [&](const char* kind, Json options = Json::object()) {
    spec.kind = kind;
    spec.options = std::move(options);
    return describe_scenario(spec).context_bytes;
  };
  const std::string id(32, '0'), span(16, '0');
  EXPECT_EQ(bytes("http"),
            ("x-b3-traceid: " + id + "\r\nx-b3-spanid: " + span + "\r\nx-b3-sampled: 1\r\n" +
             "X-Amzn-Trace-Id: Root=1-" + id + "-;Parent=" + span + ";Sampled=1\r\n")
                .size());
  EXPECT_EQ(bytes("grpc"), *bytes("http") - 4 * 4);
  EXPECT_EQ(bytes("tars"), bytes("http"));
  EXPECT_EQ(bytes("thrift", {{"framing", "ttheader"}}), *bytes("http") + 4 * 12);
  EXPECT_EQ(bytes("thrift"), 0);
  EXPECT_EQ(bytes("grpc", {{"traceparent_as", "my-traceparent"}}), *bytes("grpc") + 4 * 3);
}

TEST(ScenarioFacts, ThereIsNoContextWhereNoneIsSent) {
  EXPECT_EQ(bytes_of("thrift"), 0);
  EXPECT_EQ(bytes_of("thrift", {{"framing", "framed"}}), 0);
  EXPECT_EQ(bytes_of("kitex-pb"), 0);
  EXPECT_EQ(bytes_of("a-plugin"), std::nullopt);
}

TEST(ScenarioFacts, OptionsOfAnotherTypeAreNoneAtAll) {
  EXPECT_EQ(bytes_of("http", {{"http2", "true"}}), bytes_of("http"));
  EXPECT_EQ(bytes_of("http", Json::array({1})), bytes_of("http"));
  EXPECT_EQ(bytes_of("thrift", {{"framing", 1}}), 0);
}

TEST(ScenarioFacts, EveryKindHasThem) {
  for (const ScenarioEntry& entry : scenarios()) {
    EXPECT_NE(entry.make.describe, nullptr) << entry.name;
  }
  EXPECT_TRUE(facts_of("http").is_http);
  EXPECT_FALSE(facts_of("gomicro").is_http);
  EXPECT_FALSE(facts_of("a-plugin").is_http);
}

}  // namespace
}  // namespace tracetax

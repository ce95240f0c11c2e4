// The scenario kind `otlp`: its options, and what it makes of them.
// SPDX-License-Identifier: Apache-2.0
#include "scenarios/otlp/otlp.h"

#include <gtest/gtest.h>

#include "harness/core/text/catalog.h"
#include "scenarios/catalog.h"

namespace tracetax {
namespace {

const ScenarioUse kCollector{{"127.0.0.1", 4317}};

Result<PreparedScenario> prepare(const std::string& options) {
  const auto kind = find_in_catalog(scenarios(), "scenario kind", "otlp");
  return kind->prepare({"exports", "otlp", Json::parse(options), ""}, kCollector);
}

std::string mistake_in(const std::string& options) {
  const auto prepared = prepare(options);
  return prepared ? "" : prepared.error().message;
}

TEST(OtlpScenario, OverGrpcIsACallOfTheTraceService) {
  const auto scenario = prepare(R"({"compression": "gzip", "headers": {"X-Key": "v"}})");
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->protocol, Protocol::grpc);
  std::string fields;
  for (const HeaderField& field : scenario->streams.at(0).fields)
    fields += field.name + "=" + field.value + "\n";
  EXPECT_EQ(fields,
            ":method=POST\n:scheme=http\n"
            ":path=/opentelemetry.proto.collector.trace.v1.TraceService/Export\n"
            ":authority=127.0.0.1:4317\nte=trailers\ncontent-type=application/grpc\n"
            "user-agent=tracetax/0.1\ngrpc-encoding=gzip\nx-key=v\n");
  EXPECT_TRUE(scenario->streams[0].context.empty()) << "exporters send no context";
  EXPECT_TRUE(scenario->exports->packed);
  EXPECT_EQ(scenario->exports->spans, 512);
  EXPECT_EQ(scenario->exports->traces, 128);
}

TEST(OtlpScenario, OverHttpHasRoomForTheLengthOfTheBody) {
  const auto scenario = prepare(
      R"({"protocol": "http/json", "compression": "zstd", "path": "/in", "headers": {"A": "b"}})");
  ASSERT_TRUE(scenario) << scenario.error().message;
  const RequestTemplate& head = scenario->requests.at(0);
  EXPECT_EQ(head.bytes,
            "POST /in HTTP/1.1\r\nHost: 127.0.0.1:4317\r\nUser-Agent: tracetax/0.1\r\n"
            "Accept: */*\r\nContent-Type: application/json\r\nContent-Encoding: zstd\r\nA: b\r\n"
            "Content-Length:           \r\n\r\n");
  EXPECT_EQ(head.bytes.substr(head.length_at, kLengthWidth), std::string(kLengthWidth, ' '));
  EXPECT_TRUE(head.context.empty());
}

TEST(OtlpScenario, SaysHowManySpansARequestCarries) {
  ScenarioSpec spec{"exports", "otlp", Json::parse(R"({"spans": 100})"), ""};
  EXPECT_EQ(describe_scenario(spec).spans_carried, 100);
  spec.kind = "http";
  spec.options = Json::parse(R"({"path": "/"})");
  EXPECT_FALSE(describe_scenario(spec).spans_carried);
}

TEST(OtlpScenario, MistakesSayWhatWouldBeRight) {
  const auto expect = [](const std::string& options, const char* part) {
    EXPECT_NE(mistake_in(options).find(part), std::string::npos) << mistake_in(options);
  };
  expect(R"({"protocol": "grp"})", "scenarios.exports.protocol: unknown protocol of OTLP 'grp'");
  expect(R"({"protocol": "grp"})", "did you mean 'grpc'");
  expect(R"({"compression": "snappy"})", "compression");
  expect(R"({"values": "lots"})", "not dictionary, random or a share of random values such as 50%");
  expect(R"({"spans": 0})", "scenarios.exports.spans");
  expect(R"({"span": 5})", "did you mean 'spans'");
  expect(R"({"path": "/x"})", "gRPC has a path of its own");
  expect(R"({"headers": {"Content-Encoding": "br"}})", "set by the protocol and the compression");
  expect(R"({"headers": {"grpc-encoding": "br"}})", "belong to gRPC itself");
  expect(R"({"protocol": "http/json", "path": "x"})", "must begin with '/'");
  expect(R"({"spans": 65536, "attributes": 128})", "at most 64 MiB are possible");
}

}  // namespace
}  // namespace tracetax

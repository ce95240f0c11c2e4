// The scenario kinds of RPC frameworks: what each makes of its part of a suite.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "harness/core/request/trace_context.h"
#include "harness/load/rpc/rpc_framing.h"
#include "harness/load/session/grpc_frame.h"
#include "harness/wire/bench_messages.h"
#include "harness/wire/kitex_pb.h"
#include "harness/wire/tars_packet.h"
#include "harness/wire/thrift_binary.h"
#include "harness/wire/ttheader.h"
#include "scenarios/catalog.h"

namespace tracetax {
namespace {

const Endpoint kEndpoint{"127.0.0.1", 8080};
const std::string kNoTraceparent(kTraceparentSize, '0');

Result<PreparedScenario> prepare(const char* kind, const char* options,
                                 const ContextFormats& context = {ContextFormat::w3c}) {
  const auto make = find_in_catalog(scenarios(), "kind", kind);
  if (!make) return failure(make.error());
  return make->prepare({"calls", kind, Json::parse(options), ""}, {kEndpoint, context});
}

std::string mistakes_of(const char* kind, const char* options) {
  const auto scenario = prepare(kind, options);
  return scenario ? "" : scenario.error().message;
}

const HeaderField* field_of(const StreamTemplate& stream, std::string_view name) {
  for (const HeaderField& field : stream.fields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

// What the engine does to a template.
std::string patched(RpcTemplate request, std::uint32_t sequence, const TraceContext& context) {
  for (const std::size_t at : request.sequence_at)
    store_big_endian(sequence, request.bytes.data() + at);
  write_context(request.context, context, request.bytes);
  return request.bytes;
}

const TraceContext kContext =
    *parse_traceparent("00-0102030405060708090a0b0c0d0e0f10-1112131415161718-01");

constexpr const char* kEcho = R"({"method": "Echo", "data": {"text": "hi"}})";

TEST(ThriftScenario, SendsAFramedCallWithoutTraceparent) {
  const auto scenario = prepare("thrift", kEcho);
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->protocol, Protocol::rpc);
  EXPECT_EQ(scenario->framing, &kFramedThrift);
  const RpcTemplate& request = scenario->calls.at(0);
  EXPECT_TRUE(request.context.empty());
  const std::string frame = patched(request, 7, kContext);
  EXPECT_EQ(find_frame(frame, FrameLength::of_the_rest, 1000).size, frame.size());
  ThriftReader in(std::string_view{frame}.substr(4));
  ThriftMessage head;
  EchoText echo;
  ASSERT_TRUE(in.message(head));
  EXPECT_EQ(head, (ThriftMessage{ThriftMessageType::call, "Echo", 7}));
  ASSERT_TRUE(decode_request(WireFormat::thrift, in.rest(), echo));
  EXPECT_EQ(echo.text, "hi");
  EXPECT_TRUE(scenario->check);
}

TEST(ThriftScenario, SendsTraceparentAndMetadataInTtheader) {
  const auto scenario = prepare(
      "thrift", R"({"framing": "ttheader", "multiplex": true, "service": "S", "method": "Echo",
                                              "metadata": {"A": "b", "RPC_TRANSIT_x": "y"}})");
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->framing, &kTtHeaderMux);
  const std::string frame = patched(scenario->calls.at(0), 77, kContext);
  TtHeader header;
  std::string_view payload;
  ASSERT_TRUE(read_ttheader(frame, header, payload));
  EXPECT_EQ(header.sequence, 77U);
  EXPECT_EQ(header.flags, kTtOutOfOrder);
  EXPECT_EQ(header.text(kTtTraceparentKey), format_traceparent(kContext));
  EXPECT_EQ(header.text("A"), "b");
  EXPECT_EQ(header.text("RPC_TRANSIT_x"), "y");
  EXPECT_EQ(header.integers,
            (decltype(header.integers){{kTtToService, "S"}, {kTtToMethod, "Echo"}}));
  ThriftMessage head;
  ASSERT_TRUE(ThriftReader(payload).message(head));
  EXPECT_EQ(head.sequence, 77);
  EXPECT_EQ(prepare("thrift", R"({"framing": "ttheader", "method": "Echo"})")->framing, &kTtHeader);
}

TEST(ThriftScenario, LeavesTheTraceparentOutWhenTheTargetSamples) {
  const auto scenario = prepare("thrift", R"({"framing": "ttheader", "method": "Echo"})", {});
  ASSERT_TRUE(scenario);
  EXPECT_TRUE(scenario->calls.at(0).context.empty());
  EXPECT_EQ(scenario->calls.at(0).bytes.find("traceparent"), std::string::npos);
}

TEST(ThriftScenario, NamesEveryMistakeAtOnce) {
  const std::string message =
      mistakes_of("thrift", R"({"framing": "tt", "metod": "Echo", "multiplex": true})");
  for (const char* part :
       {"scenarios.calls", "'tt'", "did you mean 'method'", "multiplex: goes with"}) {
    EXPECT_NE(message.find(part), std::string::npos) << part << " in " << message;
  }
  EXPECT_NE(
      mistakes_of(
          "thrift",
          R"({"method": "Echo", "framing": "ttheader", "metadata": {"RPC_TRANSIT_traceparent": "x"}})")
          .find("written by tracetax itself"),
      std::string::npos);
  const std::string big = R"({"method": "Echo", "framing": "ttheader", "metadata": {"a": ")" +
                          std::string(5000, 'x') + "\"}}";
  EXPECT_NE(mistakes_of("thrift", big.c_str()).find("over 4096 bytes"), std::string::npos);
  std::string many = R"({"method": "Echo", "framing": "ttheader", "metadata": {)";
  for (int i = 0; i < 20; ++i) many += fmt::format(R"("{}": "{}",)", i, std::string(4000, 'x'));
  many.back() = '}';
  EXPECT_NE(mistakes_of("thrift", (many + "}").c_str()).find("over what a header holds"),
            std::string::npos);
}

// The engine writes each value where it stands, whatever stands around it.
TEST(RpcScenarios, CarryEveryFormatWhereTheProtocolHasMetadata) {
  using enum ContextFormat;
  const ContextFormats all{xray, b3, b3multi, w3c, jaeger};
  const auto ttheader = prepare(
      "thrift", R"({"framing": "ttheader", "method": "Echo", "metadata": {"b3x": "b3"}})", all);
  ASSERT_TRUE(ttheader) << ttheader.error().message;
  TtHeader header;
  std::string_view payload;
  const std::string frame = patched(ttheader->calls.at(0), 7, kContext);
  ASSERT_TRUE(read_ttheader(frame, header, payload));
  TarsRequest packet;
  const std::string bytes = patched(
      prepare("tars", R"({"method": "Echo", "metadata": {"b3": "traceparent"}})", all)->calls.at(0),
      7, kContext);
  ASSERT_TRUE(read_tars_request(bytes, packet));
  TarsMap status;
  std::vector<std::string> values;
  for (const ContextField field : fields_of(all)) values.push_back(format_context(field, kContext));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string_view name = name_of(fields_of(all)[i]);
    EXPECT_EQ(header.text(std::string(kTransitPrefix).append(name)), values[i]) << name;
    status.emplace_back(name, values[i]);
  }
  EXPECT_EQ(packet.status, status);
  EXPECT_NE(mistakes_of(
                "thrift",
                R"({"method": "Echo", "framing": "ttheader", "metadata": {"RPC_TRANSIT_b3": "x"}})")
                .find("b3 is written by tracetax itself"),
            std::string::npos);
}

TEST(KitexPbScenario, SendsACallWithoutTraceparent) {
  const auto scenario = prepare("kitex-pb", R"({"method": "GetUser", "data": {"id": 42}})");
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->framing, &kKitexPb);
  EXPECT_TRUE(scenario->calls.at(0).context.empty());
  const std::string frame = patched(scenario->calls.at(0), 9, kContext);
  ThriftMessage head;
  std::string_view body;
  ASSERT_TRUE(read_kitex_pb(frame, head, body));
  EXPECT_EQ(head, (ThriftMessage{ThriftMessageType::call, "GetUser", 9}));
  EXPECT_EQ(body, "\x08\x2a");
  EXPECT_NE(mistakes_of("kitex-pb", R"({"method": "Echo", "metadata": {}})").find("no place"),
            std::string::npos);
}

TEST(KitexPbScenario, CarriesTraceparentInTtHeader) {
  const auto scenario =
      prepare("kitex-pb", R"({"method": "Echo", "data": {"text": "hi"}, "framing": "ttheader"})");
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->framing, &kTtHeaderPb);
  const std::string frame = patched(scenario->calls.at(0), 9, kContext);
  TtHeader header;
  std::string_view payload, body;
  ASSERT_TRUE(read_ttheader(frame, header, payload));
  EXPECT_EQ(header.sequence, 9U);
  EXPECT_EQ(header.protocol, kTtKitexProtobuf);
  EXPECT_EQ(header.text(kTtTraceparentKey), format_traceparent(kContext));
  ThriftMessage head;
  ASSERT_TRUE(read_kitex_pb(payload, head, body));  // framed once more
  EXPECT_EQ(head, (ThriftMessage{ThriftMessageType::call, "Echo", 9}));
  EXPECT_EQ(body, "\x0a\x02hi");
}

TEST(TarsScenario, SendsServantTimeoutContextAndStatus) {
  const auto scenario = prepare(
      "tars", R"({"method": "Echo", "servant": "A.B.C", "timeout": "1s", "metadata": {"k": "v"}})");
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->framing, &kTars);
  TarsRequest packet;
  const std::string bytes = patched(scenario->calls.at(0), 300, kContext);
  ASSERT_TRUE(read_tars_request(bytes, packet));
  EXPECT_EQ(packet.request_id, 300);
  EXPECT_EQ(packet.servant, "A.B.C");
  EXPECT_EQ(packet.function, "Echo");
  EXPECT_EQ(packet.timeout_ms, 1000);
  EXPECT_EQ(packet.context, (TarsMap{{"k", "v"}}));
  const std::string traceparent = format_traceparent(kContext);
  EXPECT_EQ(packet.status, (TarsMap{{kTarsTraceparentKey, traceparent}}));
  EXPECT_TRUE(prepare("tars", kEcho, {})->calls.at(0).context.empty());
  EXPECT_NE(mistakes_of("tars", R"({"method": "Echo", "timeout": "5us", "servent": "x"})")
                .find("did you mean 'servant'"),
            std::string::npos);
}

TEST(TripleScenario, IsGrpcUnlessTold) {
  const auto scenario = prepare(
      "triple", R"({"method": "Echo", "data": {"text": "hi"}, "version": "1.0.0", "group": "g"})");
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->protocol, Protocol::grpc);
  const StreamTemplate& stream = scenario->streams.at(0);
  EXPECT_EQ(field_of(stream, ":path")->value, "/bench.v1.Bench/Echo");
  EXPECT_EQ(field_of(stream, "tri-service-version")->value, "1.0.0");
  EXPECT_EQ(field_of(stream, "tri-service-group")->value, "g");
  EXPECT_EQ(stream.messages, std::vector<std::string>{grpc_frame("\x0a\x02hi")});
  EXPECT_EQ(stream.context.size(), 1U);
  EXPECT_TRUE(scenario->check(0, 0, grpc_frame("\x0a\x02hi")));
  EXPECT_FALSE(scenario->check(0, 0, grpc_frame("\x0a\x02ho")));
  EXPECT_FALSE(scenario->check(0, 0, grpc_frame("\x0a\x02hi") + grpc_frame("")));
}

TEST(TripleScenario, UnaryIsABareBodyWithItsOwnHeaders) {
  const auto scenario = prepare(
      "triple",
      R"({"method": "GetUser", "data": {"id": 42}, "framing": "unary", "codec": "json", "deadline": "1.5s"})");
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->protocol, Protocol::http2);
  const StreamTemplate& stream = scenario->streams.at(0);
  EXPECT_EQ(field_of(stream, ":method")->value, "POST");
  EXPECT_EQ(field_of(stream, ":path")->value, "/bench.v1.Bench/GetUser");
  EXPECT_EQ(field_of(stream, "content-type")->value, "application/json");
  EXPECT_EQ(field_of(stream, "triple-protocol-version")->value, "0.1.0");
  EXPECT_EQ(field_of(stream, "triple-timeout-ms")->value, "1500");
  EXPECT_EQ(stream.messages, std::vector<std::string>{R"({"id":42})"});
  EXPECT_TRUE(scenario->check(0, 200, R"({"id":42,"name":"n"})"));
}

TEST(TripleScenario, NamesItsMistakes) {
  EXPECT_NE(mistakes_of("triple", R"({"method": "Echo", "codec": "json"})")
                .find("goes with \"framing\": \"unary\""),
            std::string::npos);
  EXPECT_NE(mistakes_of("triple", R"({"method": "Echo", "service": "a b"})").find("part of a path"),
            std::string::npos);
  EXPECT_NE(
      mistakes_of("triple", R"({"method": "Echo", "group": "a b"})").find("group: is printable"),
      std::string::npos);
}

TEST(GomicroScenario, PostsWithTheHeadersThatNameTheCall) {
  const auto scenario = prepare("gomicro", kEcho);
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->protocol, Protocol::http1);
  const std::string& bytes = scenario->requests.at(0).bytes;
  EXPECT_TRUE(bytes.starts_with("POST / HTTP/1.1\r\n")) << bytes;
  EXPECT_TRUE(bytes.ends_with("\r\n\r\n{\"text\":\"hi\"}")) << bytes;
  for (const char* line : {"Content-Type: application/json\r\n", "Accept: application/json\r\n",
                           "Micro-Service: bench\r\n", "Micro-Endpoint: Bench.Echo\r\n",
                           "Micro-Method: Bench.Echo\r\n", "Timeout: 5000000000\r\n"}) {
    EXPECT_NE(bytes.find(line), std::string::npos) << line;
  }
  EXPECT_EQ(scenario->requests.at(0).context.size(), 1U);
  EXPECT_FALSE(scenario->check(0, 200, ""));
  const auto binary =
      prepare("gomicro", R"({"method": "Echo", "data": {"text": "hi"}, "codec": "protobuf"})");
  EXPECT_TRUE(binary->requests.at(0).bytes.ends_with("\r\n\r\n\x0a\x02hi"));
  EXPECT_NE(mistakes_of("gomicro", R"({"method": "Echo", "codec": "thrift"})").find("thrift"),
            std::string::npos);
}

}  // namespace
}  // namespace tracetax

// The framed targets over real connections, by calls that harness/wire encodes: Echo and GetUser,
// spans, pipelining, broken bytes, and the two processes of kitex-chain as two services in this
// one.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <functional>

#include "harness/wire/bench_messages.h"
#include "harness/wire/kitex_pb.h"
#include "harness/wire/tars_packet.h"
#include "harness/wire/thrift_binary.h"
#include "harness/wire/thrift_frame.h"
#include "harness/wire/ttheader.h"
#include "targets/service/shape_testing.h"
#include "targets/stages/client/blocking_connection.h"

namespace tracetax {
namespace {

constexpr std::string_view kSampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
constexpr std::string_view kUnsampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
constexpr std::int32_t kId = 5;

using Encode = std::function<std::string(std::string_view method, const std::string& arguments,
                                         std::string_view traceparent)>;

std::string arguments_of(WireFormat format, std::string_view method) {
  std::string out;
  if (method == "GetUser") {
    encode_request(format, UserQuery{42}, out);
  } else {
    encode_request(format, EchoText{"hello"}, out);
  }
  return out;
}

std::string thrift_message(std::string_view method, const std::string& arguments) {
  std::string out;
  ThriftWriter(out).message({ThriftMessageType::call, method, kId});
  return out + arguments;
}

std::string framed_call(std::string_view method, const std::string& arguments, std::string_view) {
  std::string out;
  const std::size_t at = begin_frame(out);
  out += thrift_message(method, arguments);
  end_frame(out, at);
  return out;
}

std::string ttheader_call(std::string_view method, const std::string& arguments,
                          std::string_view traceparent, std::string_view tracestate) {
  TtHeader header;
  header.sequence = kId;
  header.texts = {{kTtTraceparentKey, traceparent}};
  if (!tracestate.empty()) header.texts.emplace_back("RPC_TRANSIT_tracestate", tracestate);
  std::string out;
  const TtFrame frame = begin_ttheader(header, out);
  out += thrift_message(method, arguments);
  end_ttheader(out, frame);
  return out;
}

std::string ttheader_call(std::string_view method, const std::string& arguments,
                          std::string_view traceparent) {
  return ttheader_call(method, arguments, traceparent, {});
}

std::string pb_call(std::string_view method, const std::string& arguments, std::string_view) {
  std::string out;
  append_kitex_pb({ThriftMessageType::call, method, kId}, arguments, out);
  return out;
}

std::string tars_call(std::string_view method, const std::string& arguments,
                      std::string_view traceparent) {
  std::string out;
  TarsRequest request;
  request.request_id = kId;
  request.servant = kBenchServant;
  request.function = method;
  request.buffer = arguments;
  request.status = {{kTarsTraceparentKey, traceparent}};
  append_tars_request(request, out);
  return out;
}

/// What a result is packed in.
std::string result_of(WireFormat format, const std::string& frame) {
  ThriftMessage head;
  std::string_view body;
  if (format == WireFormat::protobuf) {
    EXPECT_TRUE(read_kitex_pb(frame, head, body));
    EXPECT_EQ(head.type, ThriftMessageType::reply);
    return std::string(body);
  }
  if (format == WireFormat::jce) {
    TarsResponse response;
    EXPECT_TRUE(read_tars_response(frame, response));
    EXPECT_EQ(response.ret, 0) << response.description;
    EXPECT_EQ(response.request_id, kId);
    return std::string(response.buffer);
  }
  std::string_view payload = std::string_view(frame).substr(kFrameLengthSize);
  TtHeader header;
  if (frame[kFrameLengthSize] == '\x10') {
    EXPECT_TRUE(read_ttheader(frame, header, payload));
  }
  ThriftReader reader(payload);
  EXPECT_TRUE(reader.message(head));
  EXPECT_EQ(head.type, ThriftMessageType::reply);
  EXPECT_EQ(head.sequence, kId);
  return std::string(reader.rest());
}

class Client {
 public:
  explicit Client(std::uint16_t port)
      : connection_(BlockingConnection::connect({"127.0.0.1", port}).value()) {}
  bool send(std::string_view bytes) { return connection_->send(bytes); }
  /// The next frame; empty when the connection was closed.
  std::string frame(WireFormat format) {
    const auto counts = format == WireFormat::jce ? FrameLength::of_all : FrameLength::of_the_rest;
    for (;;) {
      const FrameEnd end = find_frame(read_, counts, 1 << 20);
      if (end.step == FrameEnd::Step::whole) {
        std::string frame = read_.substr(0, end.size);
        read_.erase(0, end.size);
        return frame;
      }
      if (!connection_->receive(read_)) return {};
    }
  }

 private:
  std::unique_ptr<BlockingConnection> connection_;
  std::string read_;
};

struct Case {
  const char* target;
  WireFormat format;
  std::string (*encode)(std::string_view, const std::string&, std::string_view);
  bool takes_context;
};
const Case kCases[]{{"kitex-thrift", WireFormat::thrift, framed_call, false},
                    {"kitex-thrift", WireFormat::thrift, ttheader_call, true},
                    {"kitex-pb", WireFormat::protobuf, pb_call, false},
                    {"tars-go", WireFormat::jce, tars_call, true}};

void expect_echo(const Case& one, Client& client) {
  ASSERT_TRUE(client.send(one.encode("Echo", arguments_of(one.format, "Echo"), kSampled)));
  EchoText echo;
  ASSERT_TRUE(decode_answer(one.format, result_of(one.format, client.frame(one.format)), echo));
  EXPECT_EQ(echo.text, "hello");
}

void expect_user(const Case& one, Client& client) {
  ASSERT_TRUE(client.send(one.encode("GetUser", arguments_of(one.format, "GetUser"), kSampled)));
  BenchUser user;
  ASSERT_TRUE(decode_answer(one.format, result_of(one.format, client.frame(one.format)), user));
  EXPECT_EQ(user, bench_user(42));
}

TEST(FramedTargets, AnswerEchoAndGetUserWithTracingOffAndOn) {
  for (const Case& one : kCases) {
    for (const char* state : {"absent", "noop", "drop", "record", "export"}) {
      SCOPED_TRACE(fmt::format("{} {}", one.target, state));
      RunningService target(one.target, {}, {{"TRACETAX_STATE", state}});
      Client client(target.port());
      expect_echo(one, client);
      expect_user(one, client);
      const auto& spans = target.stop();
      ASSERT_EQ(spans.size(), std::string_view(state) == "export" ? 2U : 0U);
      if (spans.empty()) continue;
      EXPECT_EQ(to_hex_text(spans[0].trace_id()) == kShapeTrace, one.takes_context);
      EXPECT_EQ(spans[0].parent_span_id().empty(), !one.takes_context);
    }
  }
}

TEST(FramedTargets, CallsThatComeTogetherAreAnsweredInOrder) {
  for (const Case& one : kCases) {
    RunningService target(one.target, {}, {{"TRACETAX_STATE", "absent"}});
    Client client(target.port());
    std::string bytes;
    for (int i = 0; i < 100; ++i) {
      std::string arguments;
      encode_request(one.format, EchoText{std::to_string(i)}, arguments);
      bytes += one.encode("Echo", arguments, kSampled);
    }
    ASSERT_TRUE(client.send(bytes));
    for (int i = 0; i < 100; ++i) {
      EchoText echo;
      ASSERT_TRUE(decode_answer(one.format, result_of(one.format, client.frame(one.format)), echo));
      EXPECT_EQ(echo.text, std::to_string(i));
    }
  }
}

TEST(FramedTargets, BytesThatAreNoCallEndTheirConnectionAlone) {
  for (const Case& one : kCases) {
    RunningService target(one.target, {}, {{"TRACETAX_STATE", "record"}});
    Client other(target.port());
    const std::vector<std::string> garbage{"GET / HTTP/1.1\r\n\r\n", std::string(100, '\0'),
                                           std::string(100, '\xff'),
                                           std::string("\0\0\0\x08 garbage", 12)};
    for (const std::string& bytes : garbage) {
      Client client(target.port());
      static_cast<void>(client.send(bytes));
      EXPECT_EQ(client.frame(one.format), "");
    }
    expect_echo(one, other);
  }
}

TEST(FramedTargets, ACallInPiecesIsOneCall) {
  for (const Case& one : kCases) {
    RunningService target(one.target, {}, {{"TRACETAX_STATE", "absent"}});
    Client client(target.port());
    for (const char byte : one.encode("Echo", arguments_of(one.format, "Echo"), kSampled)) {
      ASSERT_TRUE(client.send({&byte, 1}));
    }
    EchoText echo;
    ASSERT_TRUE(decode_answer(one.format, result_of(one.format, client.frame(one.format)), echo));
  }
}

TEST(FramedTargets, UnknownMethodsGetTheProtocolsOwnError) {
  RunningService kitex("kitex-thrift", {}, {{"TRACETAX_STATE", "absent"}});
  Client client(kitex.port());
  ASSERT_TRUE(client.send(framed_call("Nope", std::string(1, '\0'), "")));
  const std::string frame = client.frame(WireFormat::thrift);
  ThriftReader reader(std::string_view(frame).substr(kFrameLengthSize));
  ThriftMessage head;
  ThriftException exception;
  ASSERT_TRUE(reader.message(head));
  EXPECT_EQ(head.type, ThriftMessageType::exception);
  ASSERT_TRUE(reader.exception(exception));
  EXPECT_EQ(exception.code, 20);

  RunningService tars("tars-go", {}, {{"TRACETAX_STATE", "absent"}});
  Client other(tars.port());
  ASSERT_TRUE(other.send(tars_call("Nope", "", kSampled)));
  TarsResponse response;
  ASSERT_TRUE(read_tars_response(other.frame(WireFormat::jce), response));
  EXPECT_EQ(response.ret, 1);
}

struct KitexChain {
  KitexChain()
      : back("kitex-chain-back"), front("kitex-chain", {.back = {"127.0.0.1", back.port()}}) {}
  void echo(std::string_view traceparent) {
    Client client(front.port());
    constexpr WireFormat kFormat = WireFormat::thrift;
    ASSERT_TRUE(
        client.send(ttheader_call("Echo", arguments_of(kFormat, "Echo"), traceparent, "vendor=1")));
    EchoText echo;
    ASSERT_TRUE(decode_answer(kFormat, result_of(kFormat, client.frame(kFormat)), echo));
    EXPECT_EQ(echo.text, "hello");
  }
  RunningService back;
  RunningService front;
};

TEST(KitexChain, ASampledCallIsThreeSpansOfOneTrace) {
  KitexChain chain;
  chain.echo(kSampled);
  const auto& front = chain.front.stop();
  const auto& back = chain.back.stop();
  ASSERT_EQ(front.size(), 2U);
  ASSERT_EQ(back.size(), 1U);
  const otlp::Span &client = front[0], &server = front[1];
  EXPECT_EQ(client.kind(), otlp::Span::SPAN_KIND_CLIENT);
  EXPECT_EQ(client.events_size(), 8);
  EXPECT_EQ(client.attributes_size(), 6);
  EXPECT_EQ(client.parent_span_id(), server.span_id());
  EXPECT_EQ(back[0].parent_span_id(), client.span_id());
  EXPECT_EQ(back[0].trace_id(), server.trace_id());
  EXPECT_EQ(back[0].trace_state(), "vendor=1");
  EXPECT_EQ(attribute_of(back[0], "peer.service"), "bench");
  EXPECT_EQ(attribute_of(back[0], "request.protocol"), "TTHeader");
}

// Kitex's client says nothing of a decision not to sample, so the second service starts a trace of
// its own.
TEST(KitexChain, AnUnsampledCallLeavesAnOrphanRootInTheSecondService) {
  KitexChain chain;
  chain.echo(kUnsampled);
  EXPECT_TRUE(chain.front.stop().empty());
  const auto& back = chain.back.stop();
  ASSERT_EQ(back.size(), 1U);
  EXPECT_TRUE(back[0].parent_span_id().empty());
  EXPECT_NE(to_hex_text(back[0].trace_id()), kShapeTrace);
  EXPECT_EQ(attribute_of(back[0], "request.protocol"), "Framed");
}

TEST(KitexChain, ASecondServiceThatIsGoneIsAnException) {
  KitexChain chain;
  chain.back.stop();
  Client client(chain.front.port());
  ASSERT_TRUE(client.send(framed_call("Echo", arguments_of(WireFormat::thrift, "Echo"), "")));
  const std::string frame = client.frame(WireFormat::thrift);
  ThriftReader reader(std::string_view(frame).substr(kFrameLengthSize));
  ThriftMessage head;
  ASSERT_TRUE(reader.message(head));
  EXPECT_EQ(head.type, ThriftMessageType::exception);
}

}  // namespace
}  // namespace tracetax

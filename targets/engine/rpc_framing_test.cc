// Framed calls and answers: what a server makes of the bytes of harness/wire's clients, and of
// others.
// SPDX-License-Identifier: Apache-2.0
#include "targets/engine/rpc_framing.h"

#include <gtest/gtest.h>

#include "harness/wire/bench_messages.h"
#include "harness/wire/kitex_pb.h"
#include "harness/wire/thrift_binary.h"
#include "targets/request/exchange_fixture.h"

namespace tracetax {
namespace {

constexpr std::int32_t kSequence = 77;

std::string thrift_call() {
  std::string out;
  ThriftWriter writer(out);
  writer.message({ThriftMessageType::call, "Echo", kSequence});
  encode_request(WireFormat::thrift, EchoText{"hello"}, out);
  return out;
}

std::string framed(const std::string& payload) {
  std::string out;
  const auto at = begin_frame(out);
  out += payload;
  end_frame(out, at);
  return out;
}

std::string ttheader(const std::string& payload, std::string_view traceparent) {
  TtHeader header;
  header.sequence = kSequence;
  header.texts = {{kTtTraceparentKey, traceparent}, {"RPC_PERSIST_user", "ann"}, {"plain", "x"}};
  std::string out;
  const TtFrame frame = begin_ttheader(header, out);
  out += payload;
  end_ttheader(out, frame);
  return out;
}

Exchange answer_of(std::string answer, unsigned status = 200) {
  Exchange exchange;
  exchange.answer = std::move(answer);
  exchange.status = status;
  return exchange;
}

TEST(KitexFraming, FramedThriftIsReadAndAnsweredInKind) {
  const auto framing = make_kitex_framing();
  const std::string frame = framed(thrift_call());
  EXPECT_EQ(framing->find(frame).size, frame.size());
  RpcCall call;
  ASSERT_TRUE(framing->read(frame, call));
  EXPECT_EQ(call.method, "Echo");
  EXPECT_EQ(call.id, kSequence);
  EXPECT_EQ(call.protocol, "Framed");
  EchoText text;
  EXPECT_TRUE(decode_request(WireFormat::thrift, call.body, text));
  EXPECT_EQ(text.text, "hello");

  std::string result, out;
  encode_answer(WireFormat::thrift, EchoText{"hello"}, result);
  framing->write(call, answer_of(result), out);
  ThriftReader reader(std::string_view(out).substr(kFrameLengthSize));
  ThriftMessage head;
  ASSERT_TRUE(reader.message(head));
  EXPECT_EQ(head, (ThriftMessage{ThriftMessageType::reply, "Echo", kSequence}));
  EXPECT_EQ(reader.rest(), result);
  EXPECT_EQ(framing->find(out).size, out.size());
}

TEST(KitexFraming, TransientTextsOfTtHeaderBecomeHeadersWithoutTheirPrefix) {
  const auto framing = make_kitex_framing();
  const std::string with_texts = ttheader(thrift_call(), "00-1-2-01");  // the call refers to it
  RpcCall call;
  ASSERT_TRUE(framing->read(with_texts, call));
  EXPECT_EQ(call.protocol, "TTHeader");
  EXPECT_EQ(call.headers["traceparent"], "00-1-2-01");
  EXPECT_EQ(call.headers["user"], "");
  EXPECT_EQ(call.headers["plain"], "");
  std::string out;
  framing->write(call, answer_of("\0"), out);
  std::uint32_t sequence = 0;
  std::string_view payload;
  ASSERT_TRUE(read_ttheader_sequence(out, sequence, payload));
  EXPECT_EQ(sequence, static_cast<std::uint32_t>(kSequence));
  // The next call of the connection has none of this one's.
  const std::string bare = framed(thrift_call());
  ASSERT_TRUE(framing->read(bare, call));
  EXPECT_EQ(call.headers["traceparent"], "");
  EXPECT_EQ(call.protocol, "Framed");
}

TEST(KitexFraming, ThriftWithoutAFrameIsReadAndAnsweredInKind) {
  const auto framing = make_kitex_framing();
  const std::string bare = thrift_call();
  for (std::size_t size = 0; size < bare.size(); ++size) {
    EXPECT_EQ(framing->find(bare.substr(0, size)).step, FrameEnd::Step::need_more) << size;
  }
  EXPECT_EQ(framing->find(bare + "more").size, bare.size());
  RpcCall call;
  ASSERT_TRUE(framing->read(bare, call));
  EXPECT_EQ(call.protocol, "PurePayload");
  std::string out;
  framing->write(call, answer_of(std::string(1, '\0')), out);
  ThriftReader reader(out);
  ThriftMessage head;
  ASSERT_TRUE(reader.message(head));
  EXPECT_EQ(head, (ThriftMessage{ThriftMessageType::reply, "Echo", kSequence}));
}

TEST(KitexFraming, TtHeaderSaysWhatKindOfMessageItIsIfTheServiceIsInstrumented) {
  const auto framing = make_kitex_framing();
  const std::string frame = ttheader(thrift_call(), "00-1-2-01");
  RpcCall call;
  ASSERT_TRUE(framing->read(frame, call));
  for (const bool instrumented : {false, true}) {
    Exchange exchange = answer_of(std::string(1, '\0'));
    exchange.instrumented = instrumented;
    std::string out;
    framing->write(call, exchange, out);
    TtHeader header;
    std::string_view payload;
    ASSERT_TRUE(read_ttheader(out, header, payload));
    ASSERT_EQ(header.integers.size(), instrumented ? 1U : 0U);
    if (instrumented) {
      EXPECT_EQ(header.integers[0], (std::pair<std::uint16_t, std::string_view>{22, "2"}));
    }
  }
}

TEST(KitexFraming, KitexPbIsReadAndAnsweredInKind) {
  const auto framing = make_kitex_framing();
  std::string frame;
  append_kitex_pb({ThriftMessageType::call, "Echo", kSequence}, "\n\5hello", frame);
  RpcCall call;
  ASSERT_TRUE(framing->read(frame, call));
  EXPECT_EQ(call.method, "Echo");
  EXPECT_EQ(call.body, "\n\5hello");
  std::string out;
  framing->write(call, answer_of("\n\5hello"), out);
  ThriftMessage head;
  std::string_view body;
  ASSERT_TRUE(read_kitex_pb(out, head, body));
  EXPECT_EQ(head, (ThriftMessage{ThriftMessageType::reply, "Echo", kSequence}));
  EXPECT_EQ(body, "\n\5hello");
}

TEST(KitexFraming, AStatusOf400AndMoreIsAnException) {
  const auto framing = make_kitex_framing();
  for (const auto& [status, code] : {std::pair{404U, 20}, std::pair{503U, 6}}) {
    const std::string thrift = framed(thrift_call());
    RpcCall call;
    ASSERT_TRUE(framing->read(thrift, call));
    std::string out;
    framing->write(call, answer_of("no", status), out);
    ThriftReader reader(std::string_view(out).substr(kFrameLengthSize));
    ThriftMessage head;
    ThriftException exception;
    ASSERT_TRUE(reader.message(head));
    EXPECT_EQ(head.type, ThriftMessageType::exception);
    ASSERT_TRUE(reader.exception(exception));
    EXPECT_EQ(exception.message, status == 404 ? "unknown service , method Echo" : "no");
    EXPECT_EQ(exception.code, code);

    std::string frame, pb;
    append_kitex_pb({ThriftMessageType::call, "Echo", kSequence}, "", frame);
    ASSERT_TRUE(framing->read(frame, call));
    framing->write(call, answer_of("no", status), pb);
    std::string_view body;
    ASSERT_TRUE(read_kitex_pb(pb, head, body));
    ASSERT_TRUE(read_kitex_pb_exception(body, exception));
    EXPECT_EQ(exception.message, status == 404 ? "unknown service , method Echo" : "no");
    EXPECT_EQ(exception.code, code);
  }
}

// Every prefix, and every frame with one byte changed, is a call or none; nothing else happens.
TEST(RpcFramings, BrokenFramesAreNoCalls) {
  std::string tars, pb;
  TarsRequest request;
  request.request_id = 1;
  request.servant = kBenchServant;
  request.function = "Echo";
  request.status = {{"a", "b"}};
  append_tars_request(request, tars);
  append_kitex_pb({ThriftMessageType::call, "Echo", kSequence}, "\n\5hello", pb);
  const auto kitex_framing = make_kitex_framing();
  const auto tars_framing = make_tars_framing();
  for (const std::string& whole : {framed(thrift_call()), ttheader(thrift_call(), "t"), pb, tars}) {
    for (const CallFraming* framing : {kitex_framing.get(), tars_framing.get()}) {
      RpcCall call;
      for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_FALSE(framing->read(whole.substr(0, size), call) && framing == tars_framing.get() &&
                     whole != tars);
      }
      for (std::size_t at = 0; at < whole.size(); ++at) {
        std::string changed = whole;
        changed[at] = static_cast<char>(changed[at] ^ 0x80);
        static_cast<void>(framing->read(changed, call));
      }
    }
  }
}

TEST(TarsFraming, MapsBecomeHeadersAndTheAnswerHasTheRequestsId) {
  const auto framing = make_tars_framing();
  std::string frame;
  TarsRequest request;
  request.request_id = kSequence;
  request.servant = kBenchServant;
  request.function = "Echo";
  request.buffer = "body";
  request.context = {{"user", "ann"}};
  request.status = {{kTarsTraceparentKey, "00-1-2-01"}};
  append_tars_request(request, frame);
  EXPECT_EQ(framing->find(frame).size, frame.size());
  RpcCall call;
  ASSERT_TRUE(framing->read(frame, call));
  EXPECT_EQ(call.method, "Echo");
  EXPECT_EQ(call.body, "body");
  EXPECT_EQ(call.headers["traceparent"], "00-1-2-01");
  EXPECT_EQ(call.headers["user"], "ann");
  for (const auto& [status, ret] :
       {std::pair{200U, 0}, std::pair{404U, 1}, std::pair{503U, -9}, std::pair{500U, -99}}) {
    std::string out;
    framing->write(call, answer_of("reply", status), out);
    TarsResponse response;
    ASSERT_TRUE(read_tars_response(out, response));
    EXPECT_EQ(response.request_id, kSequence);
    EXPECT_EQ(response.ret, ret);
    EXPECT_EQ(ret == 0 ? response.buffer : response.description,
              status == 404 ? "func mismatch" : "reply");
  }
}

TEST(TarsFraming, OneWayCallsWantNoAnswer) {
  std::string frame;
  TarsRequest request;
  request.packet_type = 1;
  request.servant = kBenchServant;
  request.function = "Echo";
  append_tars_request(request, frame);
  RpcCall call;
  ASSERT_TRUE(make_tars_framing()->read(frame, call));
  EXPECT_FALSE(call.wants_answer);
}

}  // namespace
}  // namespace tracetax

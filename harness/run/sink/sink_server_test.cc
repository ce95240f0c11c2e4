// The sink's HTTP side against scripted peers: what is taken, what is refused and how, and that
// nothing a peer sends ends the server.
// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/sink_server.h"

#include <gtest/gtest.h>

#include <deque>
#include <thread>

#include "harness/run/sink/sink_fixture.h"

namespace tracetax {
namespace {

using namespace sink_test;

class SinkServerTest : public ::testing::Test {
 protected:
  void start(SinkPatience patience = {}) {
    server_ = SinkServer::listen(0, recorder_, patience).value();
    port_ = server_->port();
    thread_ = std::thread([this] { server_->io().run(); });
  }
  ~SinkServerTest() override {
    if (server_) server_->io().stop();
    if (thread_.joinable()) thread_.join();
  }
  Recorder recorder_;
  std::unique_ptr<SinkServer> server_;
  std::thread thread_;
  int port_ = 0;
};

TEST_F(SinkServerTest, TakesProtobufAndAnswersInProtobuf) {
  start();
  RawPeer peer(port_);
  const std::string answer = peer.ask(post({.body = "anything"}));
  EXPECT_EQ(answer,
            "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n");
  const auto payloads = recorder_.payloads();
  ASSERT_EQ(payloads.size(), 1U);
  EXPECT_EQ(payloads[0].body, "anything");
  EXPECT_EQ(payloads[0].format, OtlpFormat::protobuf);
  EXPECT_EQ(payloads[0].encoding, OtlpEncoding::identity);
  EXPECT_GT(payloads[0].arrived_unix_ns, 1'700'000'000'000'000'000U);
}

TEST_F(SinkServerTest, TakesJsonWithParametersAndAnswersInJson) {
  start();
  RawPeer peer(port_);
  const std::string answer =
      peer.ask(post({.body = "{}", .type = "Application/JSON ; charset=utf-8"}));
  EXPECT_EQ(status_of(answer), 200);
  EXPECT_EQ(body_of(answer), "{}");
  EXPECT_EQ(recorder_.payloads().at(0).format, OtlpFormat::json);
}

TEST_F(SinkServerTest, MarksGzip) {
  start();
  RawPeer peer(port_);
  EXPECT_EQ(status_of(peer.ask(post({.body = "x", .headers = "Content-Encoding: gzip\r\n"}))), 200);
  EXPECT_EQ(recorder_.payloads().at(0).encoding, OtlpEncoding::gzip);
}

TEST_F(SinkServerTest, KeepsTheConnectionForMore) {
  start();
  RawPeer peer(port_);
  EXPECT_EQ(status_of(peer.ask(post({.body = "one"}))), 200);
  EXPECT_EQ(status_of(peer.ask(post({.body = "two"}))), 200);
  peer.send(post({.body = "three"}) + post({.body = "four"}));
  EXPECT_EQ(status_of(peer.answer()), 200);
  EXPECT_EQ(status_of(peer.answer()), 200);
  EXPECT_EQ(recorder_.payloads().at(3).body, "four");
}

TEST_F(SinkServerTest, ClosesWhenAskedTo) {
  start();
  RawPeer peer(port_);
  const std::string answer = peer.ask(post({.body = "x", .headers = "Connection: close\r\n"}));
  EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(peer.closed());
}

TEST_F(SinkServerTest, TakesChunkedBodies) {
  start();
  RawPeer peer(port_);
  const std::string answer = peer.ask(
      "POST /v1/traces HTTP/1.1\r\nHost: sink\r\nContent-Type: application/json\r\n"
      "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n5\r\ndefgh\r\n0\r\n\r\n");
  EXPECT_EQ(status_of(answer), 200);
  EXPECT_EQ(recorder_.payloads().at(0).body, "abcdefgh");
}

TEST_F(SinkServerTest, TakesRequestsInAnyNumberOfPieces) {
  start();
  RawPeer peer(port_);
  for (const char byte : post({.body = "in pieces"})) peer.send({&byte, 1});
  EXPECT_EQ(status_of(peer.answer()), 200);
  EXPECT_EQ(recorder_.payloads().at(0).body, "in pieces");
}

TEST_F(SinkServerTest, TakesLargeBodiesWhole) {
  start();
  RawPeer peer(port_);
  const std::string body(5'000'000, 'b');
  EXPECT_EQ(status_of(peer.ask(post({.body = body}))), 200);
  EXPECT_EQ(recorder_.payloads().at(0).body, body);
}

TEST_F(SinkServerTest, AnswersAPeerThatHasSaidAll) {
  start();
  RawPeer peer(port_);
  peer.send(post({.body = "last words"}));
  peer.send_nothing_more();
  EXPECT_EQ(status_of(peer.answer()), 200);
  EXPECT_TRUE(peer.closed());
}

TEST_F(SinkServerTest, DropsABodyThatEndsEarly) {
  start();
  RawPeer peer(port_);
  peer.send(
      "POST /v1/traces HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: "
      "10\r\n\r\nabc");
  peer.send_nothing_more();
  EXPECT_TRUE(peer.closed());
  EXPECT_TRUE(recorder_.payloads().empty());
}

TEST_F(SinkServerTest, AnswersExpectContinue) {
  start();
  RawPeer peer(port_);
  peer.send(
      "POST /v1/traces HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
      "Expect: 100-continue\r\n\r\n");
  EXPECT_EQ(peer.answer(), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(status_of(peer.ask("{}")), 200);
}

TEST_F(SinkServerTest, RefusesOtherPathsMethodsTypesAndEncodings) {
  start();
  const auto refused = [this](std::string_view request) {
    RawPeer peer(port_);
    const std::string answer = peer.ask(request);
    EXPECT_TRUE(peer.closed());
    return answer;
  };
  EXPECT_EQ(status_of(refused("POST /v1/metrics HTTP/1.1\r\nContent-Length: 0\r\n\r\n")), 404);
  const std::string get = refused("GET /v1/traces HTTP/1.1\r\n\r\n");
  EXPECT_EQ(status_of(get), 405);
  EXPECT_NE(get.find("Allow: POST\r\n"), std::string::npos);
  EXPECT_EQ(body_of(get), R"({"code":12,"message":"/v1/traces takes POST"})");
  EXPECT_EQ(status_of(refused(post({.body = "x", .type = "text/plain"}))), 415);
  EXPECT_EQ(status_of(refused("POST /v1/traces HTTP/1.1\r\nContent-Length: 0\r\n\r\n")), 415);
  EXPECT_EQ(status_of(refused(post({.body = "x", .headers = "Content-Encoding: zstd\r\n"}))), 415);
  EXPECT_TRUE(recorder_.payloads().empty());
}

TEST_F(SinkServerTest, RefusesBodiesAboveTheLimitWithoutReadingThem) {
  start();
  RawPeer announced(port_);
  const std::string answer = announced.ask(
      "POST /v1/traces HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: "
      "67108865\r\n\r\n");
  EXPECT_EQ(status_of(answer), 413);
  RawPeer chunked(port_);
  chunked.send(
      "POST /v1/traces HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: "
      "chunked\r\n\r\n");
  chunked.send("4000001\r\n" + std::string(0x4000001, 'x'));
  EXPECT_EQ(status_of(chunked.answer()), 413);
}

TEST_F(SinkServerTest, AnswersGarbageAndGoesOn) {
  start();
  const char* const garbage[] = {
      "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a TLS hello\r\n\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      "POST /v1/traces HTTP/1.1\r\nContent-Length: twelve\r\n\r\n",
      "POST /v1/traces HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: "
      "chunked\r\n\r\nzz\r\n",
      "POST /v1/traces HTTP/1.1\r\nno colon\r\n\r\n",
      "\r\n\r\n\r\n\r\n",
  };
  for (const char* bytes : garbage) {
    RawPeer peer(port_);
    peer.send(bytes);
    peer.send_nothing_more();
    const std::string answer = peer.answer();
    EXPECT_TRUE(answer.empty() || status_of(answer) == 400) << bytes << "\n" << answer;
  }
  RawPeer endless(port_);
  EXPECT_EQ(status_of(endless.ask("POST /v1/traces HTTP/1.1\r\nX: " + std::string(100'000, 'x'))),
            400);
  RawPeer good(port_);
  EXPECT_EQ(status_of(good.ask(post({.body = "still there"}))), 200);
}

TEST_F(SinkServerTest, AnswersMalformedPayloadsWithTheReason) {
  recorder_.verdict = {PayloadAnswer::malformed, "span 3 is odd"};
  start();
  RawPeer peer(port_);
  const std::string answer = peer.ask(post({.body = "x"}));
  EXPECT_EQ(status_of(answer), 400);
  EXPECT_EQ(body_of(answer), "\x08\x03\x12\x0dspan 3 is odd");
  EXPECT_EQ(status_of(peer.ask(post({.body = "x"}))), 400) << "the connection is kept";
}

TEST_F(SinkServerTest, AsksToRetryWhenThereIsNoRoom) {
  recorder_.room = 100;
  start();
  RawPeer peer(port_);
  const std::string answer = peer.ask(post({.body = std::string(200'000, 'x')}));
  EXPECT_EQ(status_of(answer), 503);
  EXPECT_NE(answer.find("Retry-After: 1\r\n"), std::string::npos);
  EXPECT_EQ(recorder_.without_room(), 1);
  EXPECT_EQ(status_of(peer.ask(post({.body = "small"}))), 200) << "the connection is kept";
}

TEST_F(SinkServerTest, CountsBodiesOnTheirWayInAsRoomTaken) {
  recorder_.room = 100;
  start();
  RawPeer slow(port_), other(port_);
  const std::string whole = post({.body = std::string(80, 's')});
  slow.send(whole.substr(0, whole.size() - 1));
  // The server must have read the first part before the other request comes; its answer to a
  // question on a third connection does not prove that, so the other request repeats until it is
  // refused.
  int status = 200;
  for (int attempt = 0; status == 200 && attempt < 1000; ++attempt) {
    status = status_of(other.ask(post({.body = std::string(80, 'o')})));
  }
  EXPECT_EQ(status, 503);
  EXPECT_EQ(status_of(slow.ask("s")), 200);
  EXPECT_EQ(status_of(other.ask(post({.body = std::string(80, 'o')}))), 200);
}

/// What is announced takes no room before it is there.
TEST_F(SinkServerTest, ManyLongAnnouncementsTakeNoRoomFromOthers) {
  recorder_.room = std::size_t{8} << 20U;
  start();
  std::deque<RawPeer> announcers;
  for (int i = 0; i < 40; ++i) {
    announcers.emplace_back(port_).send(
        "POST /v1/traces HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: "
        "66000000\r\n\r\nabc");
  }
  for (int i = 0; i < 100; ++i) {
    RawPeer good(port_);
    ASSERT_EQ(status_of(good.ask(post({.body = "x"}))), 200);
  }
}

TEST_F(SinkServerTest, EndsWhoStallsAndNotWhoWaits) {
  start({.step = 1, .idle = 600});
  RawPeer idle(port_), header(port_), body(port_), chunks(port_), silent(port_);
  EXPECT_EQ(status_of(idle.ask(post({.body = "x"}))), 200);
  header.send("POST /v1/traces HTTP/1.1\r\nContent-Ty");
  body.send(
      "POST /v1/traces HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: "
      "10\r\n\r\nabc");
  chunks.send(
      "POST /v1/traces HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3\r\nabc\r\n");
  EXPECT_TRUE(header.closed());
  EXPECT_TRUE(body.closed());
  EXPECT_TRUE(chunks.closed());
  EXPECT_EQ(status_of(idle.ask(post({.body = "y"}))), 200);
  EXPECT_EQ(status_of(silent.ask(post({.body = "z"}))), 200) << "has not begun before";
}

TEST_F(SinkServerTest, EndsConnectionsThatAreIdleForTooLong) {
  start({.step = 600, .idle = 1});
  RawPeer peer(port_);
  EXPECT_EQ(status_of(peer.ask(post({.body = "x"}))), 200);
  EXPECT_TRUE(peer.closed());
}

TEST_F(SinkServerTest, NamesThePortThatIsInUse) {
  start();
  const auto second = SinkServer::listen(port_, recorder_);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ExitCode::usage);
  EXPECT_NE(second.error().message.find(fmt::format("port {} is in use", port_)),
            std::string::npos);
  EXPECT_NE(second.error().message.find("--http"), std::string::npos);
}

TEST_F(SinkServerTest, EndsWithConnectionsOpen) {
  start();
  RawPeer idle(port_), halfway(port_);
  EXPECT_EQ(status_of(idle.ask(post({.body = "x"}))), 200);
  halfway.send(
      "POST /v1/traces HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: "
      "10\r\n\r\nabc");
}

}  // namespace
}  // namespace tracetax

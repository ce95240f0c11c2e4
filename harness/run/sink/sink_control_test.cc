// The conversation between a driver and its sink over pipes, and every way in which it can end
// badly.
// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/sink_control.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "harness/run/sink/sink_client.h"
#include "harness/run/sink/sink_fixture.h"

namespace tracetax {
namespace {

using namespace sink_test;
using std::chrono::seconds;

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
    read = ends[0];
    write = ends[1];
  }
  int read = -1, write = -1;
};

/// A whole sink on a thread, with its client.
class SinkControlTest : public ::testing::Test {
 protected:
  void start(const SinkControlOptions& options = {}) {
    const Pipe questions, answers;
    thread_ = std::thread(
        [=, this] { ended_ = run_sink_control(questions.read, answers.write, options); });
    client_ = std::make_unique<SinkClient>(answers.read, questions.write);
  }
  void end() {
    client_.reset();
    if (thread_.joinable()) thread_.join();
  }
  ~SinkControlTest() override { end(); }
  std::unique_ptr<SinkClient> client_;
  Status ended_;
  std::thread thread_;
};

ExpectedSpans expect(std::uint64_t requests) {
  return {.phases = {{all_sampled(), requests, {}, {}}}};
}

TEST_F(SinkControlTest, ReceivesCountsAndCloses) {
  start();
  const int port = client_->wait_ready(seconds{10}).value().http;
  ASSERT_TRUE(client_->begin_segment().has_value());
  RawPeer peer(port);
  ASSERT_EQ(status_of(peer.ask(post({.body = protobuf_payload(all_sampled(), 0, 4)}))), 200);
  EXPECT_EQ(client_->spans_received(), 4U);
  ASSERT_EQ(status_of(peer.ask(post({.body = gzip_of(json_payload(all_sampled(), 4, 6)),
                                     .type = "application/json",
                                     .headers = "Content-Encoding: gzip\r\n"}))),
            200);
  EXPECT_EQ(client_->spans_received(), 6U);
  const auto receipt = client_->close_segment(expect(6));
  ASSERT_TRUE(receipt.has_value()) << receipt.error().message;
  EXPECT_TRUE(receipt->closes()) << receipt->reason();
  EXPECT_EQ(receipt->received, 6U);
  EXPECT_EQ(receipt->payloads, 2U);
  EXPECT_GT(receipt->export_delay_p50_ms.value_or(-1), 0);
  EXPECT_TRUE(client_->alive());
  end();
  EXPECT_TRUE(ended_.has_value());
}

TEST_F(SinkControlTest, ClosingAgainSeesWhatCameLate) {
  start();
  const int port = client_->wait_ready(seconds{10}).value().http;
  ASSERT_TRUE(client_->begin_segment().has_value());
  RawPeer peer(port);
  ASSERT_EQ(status_of(peer.ask(post({.body = protobuf_payload(all_sampled(), 0, 2)}))), 200);
  EXPECT_EQ(client_->close_segment(expect(3)).value().missing_traces, 1U);
  ASSERT_EQ(status_of(peer.ask(post({.body = protobuf_payload(all_sampled(), 2, 3)}))), 200);
  EXPECT_TRUE(client_->close_segment(expect(3)).value().closes());
}

TEST_F(SinkControlTest, TellsItsGrpcPortWhereItIsWanted) {
  start();
  EXPECT_EQ(client_->wait_ready(seconds{10}).value().grpc, 0);
  end();
  start({.doors = {.grpc_port = 0}});
  EXPECT_GT(client_->wait_ready(seconds{10}).value().grpc, 0);
}

TEST_F(SinkControlTest, ASegmentStartsEmpty) {
  start();
  const int port = client_->wait_ready(seconds{10}).value().http;
  RawPeer peer(port);
  ASSERT_EQ(status_of(peer.ask(post({.body = "malformed"}))), 200);
  EXPECT_EQ(client_->spans_received(), 0U);
  ASSERT_TRUE(client_->begin_segment().has_value());
  const Receipt receipt = client_->close_segment(expect(0)).value();
  EXPECT_TRUE(receipt.closes()) << receipt.reason();
}

TEST_F(SinkControlTest, CountsWithoutAPlan) {
  start();
  const int port = client_->wait_ready(seconds{10}).value().http;
  RawPeer peer(port);
  ASSERT_EQ(status_of(peer.ask(post({.body = protobuf_payload(all_sampled(), 0, 2)}))), 200);
  const Receipt receipt = client_->count_segment().value();
  EXPECT_FALSE(receipt.known);
  EXPECT_EQ(receipt.received, 2U);
}

TEST_F(SinkControlTest, AFullMemoryIsInTheReceipt) {
  start({.memory_bytes = 1000});
  const int port = client_->wait_ready(seconds{10}).value().http;
  RawPeer peer(port);
  EXPECT_EQ(status_of(peer.ask(post({.body = std::string(2000, 'x')}))), 503);
  EXPECT_EQ(client_->close_segment(expect(0)).value().refused_payloads, 1U);
}

/// Nobody asks meanwhile. A sender that is early is told to come again, and comes through.
TEST_F(SinkControlTest, ALongSegmentIsDecodedAsItGoesOn) {
  constexpr std::uint64_t kMemory = 200'000;
  start({.memory_bytes = kMemory});
  RawPeer peer(client_->wait_ready(seconds{10}).value().http);
  std::size_t sent = 0;
  std::uint64_t next = 0;
  for (; sent < 3 * kMemory / 2; next += 100) {
    const Post part{.body = json_payload(all_sampled(), next, next + 100),
                    .type = "application/json"};
    int status = status_of(peer.ask(post(part)));
    for (int attempt = 0; status == 503 && attempt < 30'000; ++attempt) {
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
      status = status_of(peer.ask(post(part)));
    }
    ASSERT_EQ(status, 200) << "after " << next << " spans";
    sent += part.body.size();
  }
  EXPECT_EQ(client_->spans_received(), next);
}

TEST_F(SinkControlTest, TakesALongListOfFailedRequests) {
  start();
  ASSERT_TRUE(client_->wait_ready(seconds{10}).has_value());
  ExpectedSpans expected = expect(100'000);
  for (std::uint64_t k = 0; k < 100'000; ++k) expected.phases[0].uncertain.push_back(k);
  const auto receipt = client_->close_segment(expected);
  ASSERT_TRUE(receipt.has_value()) << receipt.error().message;
  EXPECT_TRUE(receipt->closes());
}

TEST_F(SinkControlTest, APortInUseIsToldToTheDriver) {
  start();
  const int port = client_->wait_ready(seconds{10}).value().http;
  const Pipe questions, answers;
  const Status second =
      run_sink_control(questions.read, answers.write, {.doors = {.http_port = port}});
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ExitCode::usage);
  SinkClient client(answers.read, questions.write);
  const auto ready = client.wait_ready(seconds{10});
  ASSERT_FALSE(ready.has_value());
  EXPECT_EQ(ready.error().code, ExitCode::usage);
  EXPECT_NE(ready.error().message.find("is in use"), std::string::npos) << ready.error().message;
}

TEST(SinkControl, AnswersNonsenseWithAnError) {
  const Pipe questions, answers;
  std::thread sink(
      [&] { EXPECT_TRUE(run_sink_control(questions.read, answers.write, {}).has_value()); });
  const std::string said =
      "garbage\n{\"ask\":7}\n{\"ask\":\"spam\"}\n{\"ask\":\"close\",\"expected\":{}}\n{\"ask\":"
      "\"spans\"}\n";
  ASSERT_EQ(write(questions.write, said.data(), said.size()), static_cast<ssize_t>(said.size()));
  ::close(questions.write);
  std::string heard;
  char chunk[4096];
  for (ssize_t size = 0; (size = read(answers.read, chunk, sizeof chunk)) > 0;) {
    heard.append(chunk, static_cast<std::size_t>(size));
  }
  sink.join();
  ::close(answers.read);
  EXPECT_TRUE(heard.starts_with("{\"ready\":true,\"http_port\":")) << heard;
  EXPECT_EQ(heard.substr(heard.find('\n') + 1),
            "{\"error\":\"not a question in JSON: 'garbage'\"}\n"
            "{\"error\":\"not a question in JSON: '{\\\"ask\\\":7}'\"}\n"
            "{\"error\":\"unknown question 'spam'; known: begin, spans, close\"}\n"
            "{\"error\":\"expected spans: \\\"spans_per_request\\\" is not present\"}\n"
            "{\"spans\":0}\n");
}

/// A client whose sink is whatever the test makes of the other ends.
struct ScriptedSink {
  Pipe questions, answers;
  SinkClient client{answers.read, questions.write};
  void say(std::string_view line) const {
    EXPECT_EQ(write(answers.write, line.data(), line.size()), static_cast<ssize_t>(line.size()));
  }
};

TEST(SinkClient, ASinkThatDiedIsAnErrorOnceAndForAll) {
  ScriptedSink sink;
  ::close(sink.questions.read);
  ::close(sink.answers.write);
  const auto spans = sink.client.spans_received();
  ASSERT_FALSE(spans.has_value());
  EXPECT_NE(spans.error().message.find("the sink died"), std::string::npos);
  EXPECT_EQ(spans.error().code, ExitCode::invalid);
  EXPECT_FALSE(sink.client.alive());
  EXPECT_EQ(sink.client.begin_segment().error().message, spans.error().message);
  EXPECT_EQ(sink.client.close_segment({}).error().message, spans.error().message);
}

TEST(SinkClient, ASinkThatDiesWhileItIsAskedIsAnError) {
  ScriptedSink sink;
  ::close(sink.answers.write);
  EXPECT_EQ(sink.client.spans_received().error().message, "the sink died (its output is closed)");
  ::close(sink.questions.read);
}

TEST(SinkClient, ASilentSinkIsAnErrorInTime) {
  ScriptedSink sink;
  const auto ready = sink.client.wait_ready(std::chrono::milliseconds{20});
  ASSERT_FALSE(ready.has_value());
  EXPECT_EQ(ready.error().message, "the sink did not answer within 0.02 s");
  EXPECT_FALSE(sink.client.alive());
  ::close(sink.questions.read);
  ::close(sink.answers.write);
}

TEST(SinkClient, ReadsAnswersInPiecesAndTogether) {
  ScriptedSink sink;
  sink.say("{\"ready\":true,\"http_");
  std::thread late(
      [&] { sink.say("port\":4318,\"grpc_port\":4317}\n{\"ok\":true}\n{\"spans\":12}\n"); });
  const SinkPorts ports = sink.client.wait_ready(seconds{10}).value();
  EXPECT_EQ(ports.http, 4318);
  EXPECT_EQ(ports.grpc, 4317);
  EXPECT_TRUE(sink.client.begin_segment().has_value());
  EXPECT_EQ(sink.client.spans_received(), 12U);
  late.join();
  ::close(sink.questions.read);
  ::close(sink.answers.write);
}

TEST(SinkClient, WrongAnswersAreErrors) {
  const auto message_after = [](std::string_view line) {
    ScriptedSink sink;
    sink.say(line);
    const auto receipt = sink.client.close_segment({});
    EXPECT_FALSE(sink.client.alive());
    ::close(sink.questions.read);
    ::close(sink.answers.write);
    return receipt ? std::string("accepted") : receipt.error().message;
  };
  EXPECT_EQ(message_after("{\"error\":\"no\"}\n"), "no");
  EXPECT_EQ(message_after("hello\n"), "the sink's answer is no JSON object: 'hello'");
  EXPECT_NE(message_after("{\"known\":true}\n").find("is no receipt"), std::string::npos);
}

}  // namespace
}  // namespace tracetax

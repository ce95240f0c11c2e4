// The engine over framed Thrift, TTHeader, kitex-pb and Tars: against a server that behaves, and
// against those that do not.
// SPDX-License-Identifier: Apache-2.0
#include "harness/load/engine_testing.h"
#include "harness/load/rpc/rpc_testing.h"
#include "harness/wire/big_endian.h"

namespace tracetax {
namespace {

using namespace testing;
using namespace std::chrono_literals;

// A connection may also end between two calls, by what a server says unasked.
void expect_closed_books_but_for_idle(LoadResult result) {
  const std::uint64_t failed = result.sent - result.ok;
  const std::uint64_t of_calls = result.uncertain.size();
  EXPECT_EQ(failed, of_calls);
  EXPECT_EQ(result.due, result.sent + result.not_sent.size());
  EXPECT_GE(failed_requests(result), failed);
}

constexpr RpcKind kKinds[] = {RpcKind::framed_thrift, RpcKind::ttheader, RpcKind::ttheader_mux,
                              RpcKind::kitex_pb, RpcKind::tars};

class EngineRpc : public ::testing::TestWithParam<RpcKind> {
 protected:
  [[nodiscard]] RpcKind kind() const { return GetParam(); }
  [[nodiscard]] bool mux() const { return framing_of(kind()).multiplexes; }
  [[nodiscard]] LoadSetup setup(const ScriptedServer& server, int connections,
                                std::string_view text = "hello") const {
    LoadSetup setup = setup_for(server, connections);
    setup.scenario = echo_scenario(kind(), text);
    setup.streams = 5;
    return setup;
  }
  // What is counted for a refusal.
  [[nodiscard]] std::string refusal() const {
    return kind() == RpcKind::tars ? "tars_NO_FUNC" : "exception_UNKNOWN_METHOD";
  }
  [[nodiscard]] ScriptedServer::Script always_echo() const {
    return [kind = kind()](Peer& peer) {
      FramePeer frames(peer, kind);
      while (const auto request = frames.read()) frames.answer(*request);
    };
  }
};

class EngineRpcMux : public EngineRpc {};
class EngineRpcNamed : public EngineRpc {};  // answers that name their method: not those of Tars

TEST_P(EngineRpc, EveryCallIsSentAndAnsweredOnce) {
  std::mutex mutex;
  std::map<std::string, int> traceparents;
  std::set<std::pair<const Peer*, std::uint32_t>> sequences;
  ScriptedServer server{[&](Peer& peer) {
    FramePeer frames(peer, kind());
    while (const auto request = frames.read()) {
      {
        const std::lock_guard lock{mutex};
        ++traceparents[request->traceparent];
        EXPECT_TRUE(sequences.emplace(&peer, request->sequence).second);
        EXPECT_NE(request->sequence, 0U);
        EXPECT_EQ(request->text, "hello");
      }
      frames.answer(*request);
    }
  }};
  const auto engine = connect(setup(server, 3));
  const LoadPhase phase = open_phase(5000, 200ms, 0.5);
  const LoadResult result = engine->run(phase);
  EXPECT_EQ(result.ok, 1000U);
  EXPECT_EQ(server.connections(), 3);
  expect_closed_books(result);
  const std::lock_guard lock{mutex};
  if (carries_traceparent(kind())) {
    EXPECT_EQ(traceparents, planned(result, phase.ids));
  } else {
    EXPECT_EQ(traceparents, (std::map<std::string, int>{{"", 1000}}));
  }
}

TEST_P(EngineRpc, OnlyProtocolsThatTellCallsApartHaveSeveralOnAConnection) {
  std::atomic<int> most{0};
  ScriptedServer server{[&](Peer& peer) {
    FramePeer frames(peer, kind());
    const std::size_t wanted = mux() ? 5 : 1;
    std::vector<RpcRequest> waiting;
    while (auto request = frames.read()) {
      waiting.push_back(std::move(*request));
      most = std::max(most.load(), static_cast<int>(waiting.size()));
      if (waiting.size() < wanted) continue;
      for (const RpcRequest& each : waiting) frames.answer(each);
      waiting.clear();
    }
  }};
  const LoadResult result = connect(setup(server, 1))->run(closed_phase(100));
  EXPECT_EQ(result.ok, 100U);
  EXPECT_EQ(most, mux() ? 5 : 1);
  expect_closed_books(result);
}

TEST_P(EngineRpc, AnswersMayComeInPiecesAndTogether) {
  ScriptedServer server{[&](Peer& peer) {
    FramePeer frames(peer, kind());
    while (const auto request = frames.read()) {
      for (const char byte : echo_answer(kind(), *request)) peer.send({&byte, 1});
    }
  }};
  const LoadResult result = connect(setup(server, 2))->run(closed_phase(40));
  EXPECT_EQ(result.ok, 40U);
  expect_closed_books(result);
}

TEST_P(EngineRpc, LongAnswersAreTakenWhole) {
  const std::string text(1'000'000, 'x');
  ScriptedServer server{always_echo()};
  LoadSetup load = setup(server, 1, text);
  std::atomic<std::size_t> bytes{0};
  load.scenario.check = [&](std::uint64_t, int, std::string_view body) {
    bytes += body.size();
    return body.find(text.substr(0, 900'000)) != std::string_view::npos;
  };
  const LoadResult result = connect(std::move(load))->run(closed_phase(6));
  EXPECT_EQ(result.ok, 6U);
  EXPECT_GT(bytes, 6'000'000U);
  expect_closed_books(result);
}

TEST_P(EngineRpc, ErrorsAreCountedByNameAndEndNoConnection) {
  ScriptedServer server{[&](Peer& peer) {
    FramePeer frames(peer, kind());
    for (int i = 0; const auto request = frames.read(); ++i) {
      peer.send(i % 2 == 0 ? echo_refusal(kind(), *request) : echo_answer(kind(), *request));
    }
  }};
  const LoadResult result = connect(setup(server, 1))->run(closed_phase(100));
  EXPECT_EQ(result.ok, 50U);
  EXPECT_EQ(count_of(result, refusal()), 50U);
  EXPECT_EQ(server.connections(), 1);
  expect_closed_books(result);
}

TEST_P(EngineRpc, AnAnswerToNoCallEndsItsConnection) {
  ScriptedServer server{[&](Peer& peer) {
    FramePeer frames(peer, kind());
    while (auto request = frames.read()) {
      request->sequence += 1000;
      frames.answer(*request);
    }
  }};
  const LoadResult result = connect(setup(server, 1))->run(open_phase(200, 100ms));
  EXPECT_EQ(result.ok, 0U);
  EXPECT_EQ(count_of(result, "malformed"), result.sent);
  expect_closed_books(result);
}

TEST_P(EngineRpc, ASecondAnswerEndsItsConnection) {
  ScriptedServer server{[&](Peer& peer) {
    FramePeer frames(peer, kind());
    while (const auto request = frames.read()) {
      peer.send(echo_answer(kind(), *request) + echo_answer(kind(), *request));
    }
  }};
  const LoadResult result = connect(setup(server, 1))->run(open_phase(100, 100ms));
  EXPECT_GE(count_of(result, "malformed"), 1U);
  EXPECT_GE(server.connections(), 2);
  expect_closed_books_but_for_idle(result);
}

TEST_P(EngineRpc, AnAnswerInAdvanceEndsItsConnection) {
  ScriptedServer server{[&](Peer& peer) {
    FramePeer frames(peer, kind());
    while (const auto request = frames.read()) {
      RpcRequest next = *request;
      next.sequence += mux() ? 5U : 1U;  // of the call that will have its place
      peer.send(echo_answer(kind(), *request) + echo_answer(kind(), next));
    }
  }};
  const LoadResult result = connect(setup(server, 1))->run(closed_phase(10));
  EXPECT_GE(count_of(result, "malformed"), 1U);
  EXPECT_EQ(result.due, 10U);
  expect_closed_books_but_for_idle(result);
}

TEST_P(EngineRpc, WhatIsNoFrameIsMalformed) {
  std::string oversized(4, '\0');
  store_big_endian(static_cast<std::uint32_t>(kRpcFrameMax + 1), oversized.data());
  const std::string texts[] = {"HTTP/1.1 400 Bad Request\r\n\r\n", oversized, std::string(4, '\0'),
                               std::string("\0\0\0\x10", 4) + std::string(16, 'x')};
  for (const std::string& text : texts) {
    ScriptedServer server{[&](Peer& peer) {
      FramePeer frames(peer, kind());
      while (frames.read()) peer.send(text);
    }};
    const LoadResult result = connect(setup(server, 2))->run(open_phase(200, 50ms));
    EXPECT_EQ(result.ok, 0U);
    EXPECT_EQ(count_of(result, "malformed"), result.sent) << text;
    expect_closed_books(result);
  }
}

TEST_P(EngineRpc, AnAnswerCutShortIsAnError) {
  ScriptedServer server{[&](Peer& peer) {
    FramePeer frames(peer, kind());
    if (const auto request = frames.read()) {
      const std::string whole = echo_answer(kind(), *request);
      peer.send_and_close(std::string_view{whole}.substr(0, whole.size() / 2));
    }
  }};
  LoadSetup load = setup(server, 2);
  load.streams = 1;
  const LoadResult result = connect(std::move(load))->run(open_phase(300, 100ms));
  EXPECT_EQ(result.ok, 0U);
  EXPECT_EQ(count_of(result, "closed"), result.sent);
  expect_closed_books(result);
}

TEST_P(EngineRpc, ASilentServerIsTimedOut) {
  ScriptedServer server{[](Peer& peer) { peer.wait_for_end(); }};
  LoadSetup load = setup(server, 2);
  load.timeout = 50ms;
  const LoadResult result = connect(std::move(load))->run(open_phase(100, 100ms));
  EXPECT_EQ(result.ok, 0U);
  EXPECT_EQ(count_of(result, "timeout"), result.sent);
  expect_closed_books(result);
}

TEST_P(EngineRpc, AResetIsCounted) {
  ScriptedServer server{[&](Peer& peer) {
    FramePeer frames(peer, kind());
    if (frames.read()) peer.reset();
  }};
  LoadSetup load = setup(server, 2);
  load.timeout = 500ms;
  const LoadResult result = connect(std::move(load))->run(open_phase(100, 100ms));
  EXPECT_EQ(result.ok, 0U);
  EXPECT_GT(count_of(result, "reset"), 0U);
  expect_closed_books(result);
}

TEST_P(EngineRpcNamed, AnotherMethodIsAWrongAnswer) {
  ScriptedServer server{[&](Peer& peer) {
    FramePeer frames(peer, kind());
    while (auto request = frames.read()) {
      request->method = "Ehco";
      frames.answer(*request);
    }
  }};
  const LoadResult result = connect(setup(server, 1))->run(closed_phase(20));
  EXPECT_EQ(count_of(result, "wrong_answer"), 20U);
  EXPECT_EQ(server.connections(), 1);
  expect_closed_books(result);
}

TEST_P(EngineRpc, AnAnswerBeforeTheWholeRequestEndsItsConnection) {
  ScriptedServer server{[&](Peer& peer) {
    RpcRequest request;
    request.sequence = mux() ? 5 : 1;  // the first of its connection
    request.method = "Echo";
    peer.send(echo_answer(kind(), request));
    peer.wait_for_end();
  }};
  LoadSetup load = setup(server, 1, std::string(12'000'000, 'b'));
  load.timeout = 2s;
  const LoadResult result = connect(std::move(load))->run(closed_phase(1));
  EXPECT_EQ(result.due, 1U);
  expect_closed_books_but_for_idle(result);
}

TEST_P(EngineRpc, TheCheckSaysWhatCame) {
  ScriptedServer refuses{[&](Peer& peer) {
    FramePeer frames(peer, kind());
    while (const auto request = frames.read()) peer.send(echo_refusal(kind(), *request));
  }};
  const auto refused = check_once(refuses.endpoint(), echo_scenario(kind()), 5s);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find(
                kind() == RpcKind::tars
                    ? "answered the code NO_FUNC: no such function, expected a reply"
                    : "answered the exception UNKNOWN_METHOD: no such method, expected a reply"),
            std::string::npos)
      << refused.error().message;

  ScriptedServer http{[](Peer& peer) {
    if (peer.read_some()) peer.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    peer.wait_for_end();
  }};
  const auto spoken = check_once(http.endpoint(), echo_scenario(kind()), 5s);
  ASSERT_FALSE(spoken);
  EXPECT_NE(spoken.error().message.find("the server answered with HTTP/1.1: it does not speak"),
            std::string::npos)
      << spoken.error().message;

  ScriptedServer echoes{always_echo()};
  const auto answered = check_once(echoes.endpoint(), echo_scenario(kind()), 5s);
  ASSERT_TRUE(answered) << answered.error().message;
  EXPECT_NE(answered->body.find("hello"), std::string::npos);
}

TEST_P(EngineRpcMux, AnswersMayComeInAnyOrder) {
  ScriptedServer server{[&](Peer& peer) {
    FramePeer frames(peer, kind());
    std::vector<RpcRequest> waiting;
    while (auto request = frames.read()) {
      waiting.push_back(std::move(*request));
      if (waiting.size() < 5) continue;
      std::string all;
      for (auto each = waiting.rbegin(); each != waiting.rend(); ++each)
        all += echo_answer(kind(), *each);
      peer.send(all);
      waiting.clear();
    }
  }};
  const LoadResult result = connect(setup(server, 2))->run(closed_phase(500));
  EXPECT_EQ(result.ok, 500U);
  EXPECT_EQ(server.connections(), 2);
  expect_closed_books(result);
}

TEST_P(EngineRpcMux, ALateAnswerToACallGivenUpIsNoOnesAnswer) {
  std::atomic<int> answered_late{0};
  ScriptedServer server{[&](Peer& peer) {
    FramePeer frames(peer, kind());
    std::optional<RpcRequest> held = frames.read();
    for (int i = 0; const auto request = frames.read(); ++i) {
      frames.answer(*request);
      // By then the call has been given up, as its place has carried others since.
      const bool replaced =
          held && request->sequence % 2 == held->sequence % 2 && request->sequence > held->sequence;
      if (replaced) {
        frames.answer(*held);
        held.reset();
        ++answered_late;
      }
    }
  }};
  LoadSetup load = setup(server, 1);
  load.streams = 2;
  load.timeout = 50ms;
  const LoadResult result = connect(std::move(load))->run(open_phase(200, 400ms));
  // A slow machine may time out others as well.
  EXPECT_GE(answered_late, 1);
  EXPECT_GE(count_of(result, "timeout"), 1U);
  EXPECT_EQ(result.ok + count_of(result, "timeout"), result.sent);
  EXPECT_EQ(count_of(result, "malformed"), 0U);
  expect_closed_books(result);
}

const auto kNameOfTest = [](const auto& info) { return name_of(info.param); };
INSTANTIATE_TEST_SUITE_P(Protocols, EngineRpc, ::testing::ValuesIn(kKinds), kNameOfTest);
INSTANTIATE_TEST_SUITE_P(Protocols, EngineRpcNamed,
                         ::testing::Values(RpcKind::framed_thrift, RpcKind::ttheader,
                                           RpcKind::ttheader_mux, RpcKind::kitex_pb),
                         kNameOfTest);
INSTANTIATE_TEST_SUITE_P(Protocols, EngineRpcMux,
                         ::testing::Values(RpcKind::ttheader_mux, RpcKind::tars), kNameOfTest);

TEST(EngineRpcOnce, AnExceptionWithoutASequenceIsOfTheOnlyCall) {
  ScriptedServer server{[](Peer& peer) {
    FramePeer frames(peer, RpcKind::framed_thrift);
    while (auto request = frames.read()) {
      request->sequence = 0;
      peer.send(echo_refusal(RpcKind::framed_thrift, *request));
    }
  }};
  LoadSetup load = setup_for(server, 1);
  load.scenario = echo_scenario(RpcKind::framed_thrift);
  const LoadResult result = connect(std::move(load))->run(closed_phase(10));
  EXPECT_EQ(count_of(result, "exception_UNKNOWN_METHOD"), 10U);
  expect_closed_books(result);
}

TEST(RpcErrors, HaveTheirNames) {
  ErrorTally tally;
  for (const std::int32_t code : {0, 6, 6, 10, 11, -1}) {
    tally.add({Ending::Kind::exception, static_cast<std::uint32_t>(code)});
  }
  for (const std::int32_t code : {-1, -9, -12, -13, -99, 5}) {
    tally.add({Ending::Kind::tars, static_cast<std::uint32_t>(code)});
  }
  EXPECT_EQ(tally.named(), (ErrorCounts{{"exception_UNKNOWN", 1},
                                        {"exception_INTERNAL_ERROR", 2},
                                        {"exception_UNSUPPORTED_CLIENT_TYPE", 1},
                                        {"exception_OTHER", 2},
                                        {"tars_DECODE_ERROR", 1},
                                        {"tars_OVERLOAD", 1},
                                        {"tars_CLIENT_DECODE_ERROR", 1},
                                        {"tars_UNKNOWN", 1},
                                        {"tars_OTHER", 2}}));
  EXPECT_EQ(tally.total(), 12U);
  EXPECT_EQ(exception_name(99), "code_99");
  EXPECT_EQ(tars_code_name(static_cast<std::uint32_t>(-3)), "NO_FUNC");
  EXPECT_EQ(tars_code_name(5), "ret_5");
}

}  // namespace
}  // namespace tracetax

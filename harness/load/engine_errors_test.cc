// The engine against servers with bad manners: what is counted, what is listed, what is still
// timed.
// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>

#include "harness/load/engine_testing.h"
#include "harness/load/http/http2_testing.h"
#include "harness/load/session/grpc_frame.h"
#include "harness/load/session/monotonic.h"

namespace tracetax {
namespace {

using namespace testing;
using namespace std::chrono_literals;

TEST(Engine, AnAnswerBeforeTheWholeRequestEndsItsConnection) {
  ScriptedServer server{[](Peer& peer) {
    peer.send(answer("no thanks"));
    peer.wait_for_end();
  }};
  LoadSetup setup = setup_for(server, 1);
  setup.scenario = testing::simple_scenario(setup.endpoint, "POST", std::string(8'000'000, 'b'));
  const LoadResult result = connect(setup)->run(closed_phase(1));
  EXPECT_EQ(result.due, 1U);
  expect_closed_books(result);
}

// --- servers that end connections ---

TEST(Engine, ACloseBehindTheAnswerCostsNoRequest) {
  ScriptedServer server{[](Peer& peer) {
    if (peer.read_request()) peer.send_and_close(answer("bye"));
  }};
  const LoadResult result = connect(setup_for(server, 2))->run(closed_phase(60));
  EXPECT_EQ(result.ok, 60U);
  EXPECT_EQ(result.reconnects, 60U);
  EXPECT_TRUE(result.errors.empty());
  EXPECT_GE(server.connections(), 60);
  expect_closed_books(result);
}

TEST(Engine, AnAnnouncedCloseIsNoError) {
  ScriptedServer server{[](Peer& peer) {
    if (peer.read_request())
      peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx");
  }};
  const LoadResult result = connect(setup_for(server, 2))->run(closed_phase(60));
  EXPECT_EQ(result.ok, 60U);
  EXPECT_EQ(result.reconnects, 60U);
  EXPECT_TRUE(result.errors.empty());
  expect_closed_books(result);
}

TEST(Engine, TheEndOfTheStreamEndsABodyWithoutALength) {
  ScriptedServer server{[](Peer& peer) {
    if (!peer.read_request()) return;
    peer.send("HTTP/1.1 200 OK\r\n\r\nuntil ");
    peer.send("the end");
  }};
  const LoadResult result = connect(setup_for(server, 2))->run(closed_phase(40));
  EXPECT_EQ(result.ok, 40U);
  EXPECT_EQ(result.reconnects, 40U);
  EXPECT_TRUE(result.errors.empty());
  expect_closed_books(result);
}

TEST(Engine, AnAnswerCutShortIsAnError) {
  ScriptedServer server{[](Peer& peer) {
    if (peer.read_request())
      peer.send_and_close("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort");
  }};
  const LoadResult result = connect(setup_for(server, 2))->run(open_phase(500, 100ms));
  EXPECT_EQ(result.ok, 0U);
  EXPECT_EQ(count_of(result, "closed"), result.sent);
  expect_closed_books(result);
}

TEST(Engine, AServerThatClosesAtOnceIsTriedInMeasure) {
  std::atomic<bool> connected{false};
  ScriptedServer server{[&](Peer& peer) {
    connected.wait(false);  // a connection that is closed by then would not count as one
    peer.close();
  }};
  const auto engine = connect(setup_for(server, 4));
  connected = true;
  connected.notify_all();
  const std::int64_t from = monotonic_ns();
  const LoadResult open = engine->run(open_phase(200, 200ms));
  EXPECT_EQ(open.ok, 0U);
  expect_closed_books(open);
  LoadPhase closed = closed_phase(1'000'000);
  closed.duration = 200ms;
  expect_closed_books(engine->run(closed));
  // Each connection pauses for 20 ms before it tries again; the phases' first tries come on top.
  EXPECT_LE(server.connections(), 4 * ((monotonic_ns() - from) / 20'000'000 + 4));
}

TEST(Engine, AServerThatResetsIsCounted) {
  ScriptedServer server{[](Peer& peer) {
    if (peer.read_request()) peer.reset();
  }};
  LoadSetup setup = setup_for(server, 4);
  setup.timeout = 200ms;
  const LoadResult result = connect(setup)->run(open_phase(200, 100ms));
  EXPECT_EQ(result.ok, 0U);
  EXPECT_GT(count_of(result, "reset"), 0U);
  expect_closed_books(result);
}

TEST(Engine, AServerThatAnswersOnceAndGoesIsOpenedAgainAtOnce) {
  ScriptedServer server{[](Peer& peer) {
    for (int i = 0; i < 5 && peer.read_request(); ++i) peer.send(answer("x"));
  }};
  const LoadResult result = connect(setup_for(server, 4))->run(open_phase(400, 250ms));
  // A request may be under way when the end of the stream comes: then it is sent again.
  EXPECT_EQ(result.ok, 100U);
  EXPECT_TRUE(result.errors.empty());
  EXPECT_GE(server.connections(), 20);
  EXPECT_GE(result.reconnects + result.retries, 16U);
  expect_closed_books(result);
}

// Closes after five answers, with the next request unread behind it; `in_steps` as servers do that
// first end the stream and then close.
ScriptedServer::Script closes_unread(bool in_steps) {
  return [in_steps](Peer& peer) {
    for (int i = 0; i < 5 && peer.read_request(); ++i) peer.send(answer("x"));
    char next;
    if (recv(peer.fd(), &next, 1, MSG_PEEK) == 1 && in_steps) shutdown(peer.fd(), SHUT_WR);
  };
}

TEST(Engine, ARequestThatNobodyReadIsSentAgainAndKeepsItsTimes) {
  for (const bool in_steps : {false, true}) {
    ScriptedServer server{closes_unread(in_steps)};
    const LoadResult result = connect(setup_for(server, 2))->run(closed_phase(60));
    EXPECT_EQ(result.ok, 60U);
    EXPECT_EQ(result.sent, 60U);
    EXPECT_TRUE(result.errors.empty());
    EXPECT_GE(result.retries, 10U);
    EXPECT_EQ(result.times.service().count(), 60);
    expect_closed_books(result);
  }
}

TEST(Engine, OnlyAnIdempotentRequestIsSentAgain) {
  ScriptedServer server{closes_unread(false)};
  LoadSetup setup = setup_for(server, 1);
  setup.scenario = testing::simple_scenario(setup.endpoint, "POST", "b");
  const LoadResult result = connect(setup)->run(closed_phase(12));
  EXPECT_EQ(result.retries, 0U);
  EXPECT_EQ(result.ok, 10U);
  EXPECT_EQ(result.error_total(), 2U);
  expect_closed_books(result);
}

TEST(Engine, ARequestThatWasReadIsLost) {
  ScriptedServer server{[](Peer& peer) {
    for (int i = 0; i < 5 && peer.read_request(); ++i) peer.send(answer("x"));
    static_cast<void>(peer.read_request());
  }};
  const LoadResult result = connect(setup_for(server, 1))->run(closed_phase(12));
  EXPECT_EQ(result.retries, 0U);
  EXPECT_EQ(result.ok, 10U);
  EXPECT_EQ(count_of(result, "closed"), 2U);
  expect_closed_books(result);
}

TEST(Engine, GarbageIsMalformed) {
  const std::string texts[] = {"SSH-2.0-OpenSSH_9.2\r\n\r\n", answer("a") + "and more",
                               "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"};
  for (const std::string& text : texts) {
    ScriptedServer server{testing::always(text)};
    const LoadResult result = connect(setup_for(server, 2))->run(open_phase(200, 50ms));
    EXPECT_EQ(result.ok, 0U) << text;
    EXPECT_EQ(count_of(result, "malformed"), result.sent) << text;
    expect_closed_books(result);
  }
}

TEST(Engine, AnAnswerThatNobodyAskedForEndsItsConnectionButNoRequest) {
  std::atomic<bool> talkative{true};
  ScriptedServer server{[&](Peer& peer) {
    while (peer.read_request()) {
      peer.send(answer("x"));
      if (!talkative.exchange(false)) continue;
      std::this_thread::sleep_for(5ms);
      peer.send(answer("and another thing"));
    }
  }};
  const LoadResult result = connect(setup_for(server, 1))->run(open_phase(5, 400ms));
  EXPECT_EQ(result.ok, 2U);
  EXPECT_EQ(count_of(result, "malformed"), 1U);
  EXPECT_EQ(server.connections(), 2);
}

TEST(Engine, EveryTenthStatus500IsCountedListedAndNotTimed) {
  WireLog wire;
  ScriptedServer server{[&](Peer& peer) {
    while (const auto request = peer.read_request()) {
      peer.send(wire.add(*request) % 10 == 9 ? answer("oops", "500 Internal Server Error")
                                             : answer("x"));
    }
  }};
  const LoadResult result = connect(setup_for(server, 4))->run(open_phase(2000, 250ms));
  EXPECT_EQ(result.sent, 500U);
  EXPECT_EQ(count_of(result, "status_500"), 50U);
  EXPECT_EQ(result.ok, 450U);
  EXPECT_EQ(result.error_total(), 50U);
  EXPECT_EQ(server.connections(), 4);
  expect_closed_books(result);
}

// --- over HTTP/2 ---

TEST(Engine, AServerThatTakesNoCallAtAllIsAnErrorAfterAFewTries) {
  std::atomic<int> number = 0;
  ScriptedServer server{[&](Peer& raw) {
    Http2Peer peer(raw);
    for (bool first = number++ == 0; const auto request = peer.read_request(); first = false) {
      if (first) {
        peer.answer(request->stream, "x");
      } else {
        peer.send_goaway(0, 0);
      }
    }
  }};
  LoadSetup setup = setup_for(server, 1);
  setup.scenario = simple_http2_scenario();
  setup.streams = 1;
  const LoadResult result = connect(setup)->run(closed_phase(3));
  EXPECT_EQ(result.ok, 1U);
  EXPECT_EQ(count_of(result, "goaway"), 2U);
  EXPECT_EQ(result.retries, 6U);
  expect_closed_books(result);
}

TEST(Engine, ACompressedReplyAndOneThatIsNoProtobufAreErrorsOfTheirOwn) {
  for (const auto& [bytes, kind] : {std::pair{std::string("\1\0\0\0\1x", 6), "compressed"},
                                    {grpc_frame("hello"), "not_protobuf"},
                                    {grpc_frame("\x0a\x02hi"), ""}}) {
    ScriptedServer server{http2_server([&](Http2Peer& peer, const Http2Request& request) {
      peer.begin_grpc(request.stream);
      peer.send_data(request.stream, bytes);
      peer.end_grpc(request.stream);
    })};
    LoadSetup setup = setup_for(server, 1);
    setup.scenario = simple_grpc_scenario();
    setup.scenario.replies_in_protobuf = true;
    const LoadResult result = connect(setup)->run(closed_phase(10));
    EXPECT_EQ(result.ok, *kind == '\0' ? 10U : 0U);
    EXPECT_EQ(count_of(result, kind), 10U - result.ok) << kind;
    expect_closed_books(result);
  }
}

// --- time ---

TEST(Engine, RequestsThatNobodyAnswersAreRecordedWithTheTimeWaited) {
  ScriptedServer server{[](Peer& peer) { peer.wait_for_end(); }};
  LoadSetup setup = setup_for(server, 4);
  setup.timeout = 100ms;
  LoadPhase phase = open_phase(100, 100ms, 1);
  const LoadResult result = connect(setup)->run(phase);
  EXPECT_EQ(result.due, 10U);
  EXPECT_EQ(result.ok, 0U);
  EXPECT_GE(count_of(result, "timeout"), 4U);
  EXPECT_GE(result.times.service().min(), 100'000'000);
  EXPECT_GE(result.times.response().min(), 100'000'000);
  EXPECT_TRUE(result.times.response_unsampled.empty());
  expect_closed_books(result);
}

// The test of coordinated omission. The server stops for 100 ms at its 100th request while 500
// requests a second are due: those that come due meanwhile (50) answer 100, 98, ... 2 ms after they
// were due.
TEST(Engine, AStallShowsInTheResponseTimeOfAllThatCameDue) {
  WireLog wire;
  std::atomic<std::int64_t> silent_until{0};
  ScriptedServer server{[&](Peer& peer) {
    while (const auto request = peer.read_request()) {
      if (wire.add(*request) == 99) silent_until = monotonic_ns() + 100'000'000;
      const std::int64_t left = silent_until - monotonic_ns();
      if (left > 0) std::this_thread::sleep_for(Nanos{left});
      peer.send(answer("x"));
    }
  }};
  const LoadResult result = connect(setup_for(server, 4))->run(open_phase(500, 600ms));
  EXPECT_EQ(result.ok, 300U);
  EXPECT_NEAR(static_cast<double>(result.times.response().count_above(50'000'000)), 25, 6);
  EXPECT_NEAR(static_cast<double>(result.times.wait.count_above(50'000'000)), 24, 6);
  EXPECT_GE(result.times.response().max(), 99'000'000);
  EXPECT_GE(result.times.service().count_above(50'000'000), 1);
  EXPECT_LE(result.times.service().count_above(50'000'000), 4);
  EXPECT_EQ(result.times.lag.count_above(50'000'000), 0);
  expect_closed_books(result);
}

TEST(Engine, ReachingTheQueueBoundIsCountedAndListed) {
  WireLog wire;
  std::atomic<std::int64_t> silent_until{monotonic_ns() + 300'000'000};
  ScriptedServer server{[&](Peer& peer) {
    while (const auto request = peer.read_request()) {
      wire.add(*request);
      const std::int64_t left = silent_until - monotonic_ns();
      if (left > 0) std::this_thread::sleep_for(Nanos{left});
      peer.send(answer("x"));
    }
  }};
  LoadSetup setup = setup_for(server, 2);
  setup.queue = 10;
  const LoadPhase phase = open_phase(1000, 500ms);
  const LoadResult result = connect(setup)->run(phase);
  EXPECT_EQ(result.due, 500U);
  EXPECT_GT(result.late, 100U);
  EXPECT_EQ(result.not_sent.size(), result.late);
  EXPECT_EQ(result.due, result.sent + result.late);
  EXPECT_LT(result.achieved_rate, 900);
  EXPECT_EQ(wire.traceparents(), planned(result, phase.ids));
  expect_closed_books(result);
}

TEST(Engine, RequestsStillWaitingAtTheDrainDeadlineAreUnfinished) {
  ScriptedServer server{[](Peer& peer) { peer.wait_for_end(); }};
  LoadSetup setup = setup_for(server, 1);
  setup.timeout = 50ms;
  const LoadResult result = connect(setup)->run(open_phase(1000, 50ms));
  EXPECT_EQ(result.due, 50U);
  EXPECT_EQ(count_of(result, "unfinished"), result.not_sent.size());
  EXPECT_EQ(result.late, 0U);
  expect_closed_books(result);
}

// --- a stop ---

TEST(Engine, AStopDoesNotWaitForAServerThatHangs) {
  for (const bool is_closed : {false, true}) {
    std::stop_source stop;
    WireLog wire;
    ScriptedServer server{[&](Peer& peer) {
      while (const auto request = peer.read_request()) {
        if (wire.add(*request) == 50) stop.request_stop();
        if (stop.stop_requested()) return peer.wait_for_end();
        peer.send(answer("x"));
      }
    }};
    LoadSetup setup = setup_for(server, 2);
    setup.timeout = 1h;
    const auto engine = connect(setup);
    LoadPhase phase = is_closed ? closed_phase(1'000'000) : open_phase(1000, 1h);
    const LoadResult result = engine->run(phase, stop.get_token());
    EXPECT_GE(result.ok, 48U);
    EXPECT_GE(count_of(result, "unfinished"), 1U);
    EXPECT_EQ(result.error_total(), count_of(result, "unfinished"));
    EXPECT_EQ(result.due, result.sent + result.not_sent.size());
    EXPECT_EQ(result.uncertain.size(), result.sent - result.ok);
  }
}

TEST(Engine, AStopEndsConnectingAndTheCheck) {
  std::stop_source stop;
  std::jthread stops{[&] {
    std::this_thread::sleep_for(20ms);
    stop.request_stop();
  }};
  ScriptedServer deaf{nullptr, 0};
  LoadSetup setup = setup_for(deaf, 8);
  setup.timeout = 1h;
  const auto engine = Engine::connect(setup, stop.get_token());
  ASSERT_FALSE(engine);
  EXPECT_EQ(engine.error().code, ExitCode::interrupted);

  ScriptedServer hangs{[](Peer& peer) { peer.wait_for_end(); }};
  const auto answer =
      check_once(hangs.endpoint(), simple_scenario(hangs.endpoint()), 1h, stop.get_token());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ExitCode::interrupted);
}

// --- connecting ---

TEST(Engine, AClosedPortIsAnError) {
  LoadSetup setup;
  {
    ScriptedServer gone{testing::always("")};
    setup = setup_for(gone, 2);
  }
  const auto engine = Engine::connect(setup);
  ASSERT_FALSE(engine);
  EXPECT_EQ(engine.error().code, ExitCode::invalid);
  EXPECT_NE(engine.error().message.find("Connection refused"), std::string::npos)
      << engine.error().message;
}

TEST(Engine, ConnectionsThatAreNotAcceptedInTimeAreAnError) {
  ScriptedServer deaf{nullptr, 0};  // never accepts: the kernel takes one, and drops the others
  LoadSetup setup = setup_for(deaf, 8);
  setup.timeout = 200ms;
  const auto engine = Engine::connect(setup);
  ASSERT_FALSE(engine);
  EXPECT_NE(engine.error().message.find("of 8 connections"), std::string::npos)
      << engine.error().message;
}

TEST(Engine, AnUnknownHostIsAUsageError) {
  LoadSetup setup;
  setup.endpoint = {"no-such-host.invalid", 80};
  const auto engine = Engine::connect(setup);
  ASSERT_FALSE(engine);
  EXPECT_EQ(engine.error().code, ExitCode::usage);
}

TEST(Engine, OfSeveralAddressesTheOneThatAcceptsIsTaken) {
  ScriptedServer server{testing::always(answer("x"))};  // on 127.0.0.1, not on ::1
  LoadSetup setup = setup_for(server, 2);
  setup.endpoint.host = "localhost";
  EXPECT_EQ(connect(setup)->run(closed_phase(10)).ok, 10U);
}

}  // namespace
}  // namespace tracetax

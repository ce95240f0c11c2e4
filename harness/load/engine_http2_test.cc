// The engine over HTTP/2 and gRPC, against servers that a script plays.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <atomic>
#include <thread>

#include "harness/load/engine_testing.h"
#include "harness/load/http/http2_testing.h"
#include "harness/load/session/grpc_frame.h"
#include "harness/load/session/monotonic.h"

namespace tracetax::testing {
namespace {

LoadSetup setup_of(const ScriptedServer& server, PreparedScenario scenario, int connections = 1,
                   int streams = 4) {
  LoadSetup setup;
  setup.endpoint = server.endpoint();
  setup.scenario = std::move(scenario);
  setup.connections = connections;
  setup.streams = streams;
  setup.release = ReleaseMode::sleep;
  return setup;
}

LoadResult run_calls(const ScriptedServer::Script& script, PreparedScenario scenario,
                     std::uint64_t count, int streams = 4) {
  ScriptedServer server{script};
  return connect(setup_of(server, std::move(scenario), 1, streams))->run(closed_phase(count));
}

// --- HTTP/2 ---

TEST(EngineHttp2, AnswersAreCountedAndTheBooksClose) {
  const LoadResult result =
      run_calls(http2_server([](Http2Peer& peer, const Http2Request& request) {
                  peer.answer(request.stream, "hello");
                }),
                simple_http2_scenario(), 500);
  EXPECT_EQ(result.ok, 500U);
  EXPECT_TRUE(result.errors.empty());
  expect_closed_books(result);
}

TEST(EngineHttp2, EveryRequestCarriesItsOwnContext) {
  std::mutex mutex;
  std::map<std::string, int> seen;
  ScriptedServer server{http2_server([&](Http2Peer& peer, const Http2Request& request) {
    {
      const std::lock_guard lock{mutex};
      ++seen[request.fields.at("traceparent")];
    }
    peer.answer(request.stream, "");
  })};
  const LoadPhase phase = open_phase(2'000, 100ms, 0.5);
  const LoadResult result = connect(setup_of(server, simple_http2_scenario(), 2))->run(phase);
  EXPECT_EQ(result.ok, 200U);
  EXPECT_EQ(seen, planned(result, phase.ids));
}

TEST(EngineHttp2, KeepsToTheStreamsThatTheServerAllows) {
  std::atomic<int> most = 0;
  const auto script = [&](Peer& raw) {
    Http2Peer peer(raw, 3);
    std::vector<std::int32_t> waiting;
    while (const auto request = peer.read_request()) {
      waiting.push_back(request->stream);
      most = std::max<int>(most, static_cast<int>(waiting.size()));
      if (waiting.size() < 3) continue;
      for (const std::int32_t stream : waiting) peer.answer(stream, "x");
      waiting.clear();
    }
  };
  const LoadResult result = run_calls(script, simple_http2_scenario(), 300, 50);
  EXPECT_EQ(result.ok, 300U);
  EXPECT_EQ(most, 3);
}

TEST(EngineHttp2, AnUnexpectedStatusIsAnErrorOfItsOwn) {
  const LoadResult result =
      run_calls(http2_server([](Http2Peer& peer, const Http2Request& request) {
                  peer.answer(request.stream, "no", "503");
                }),
                simple_http2_scenario(), 20);
  EXPECT_EQ(count_of(result, "status_503"), 20U);
  expect_closed_books(result);
}

TEST(EngineHttp2, EveryTenthStreamResetIsCountedByItsCode) {
  int number = 0;
  const LoadResult result =
      run_calls(http2_server([&](Http2Peer& peer, const Http2Request& request) {
                  if (++number % 10 == 0) return peer.send_reset(request.stream, 11);
                  peer.answer(request.stream, "x");
                }),
                simple_http2_scenario(), 200);
  EXPECT_EQ(result.ok, 180U);
  EXPECT_EQ(count_of(result, "rst_stream_ENHANCE_YOUR_CALM"), 20U);
  expect_closed_books(result);
}

TEST(EngineHttp2, AfterGoawayTheRestGoesToANewConnection) {
  for (const bool hangs_up : {false, true}) {
    ScriptedServer server{[&](Peer& raw) {
      Http2Peer peer(raw);
      for (int answered = 0; answered < 10; ++answered) {
        const auto request = peer.read_request();
        if (!request) return;
        // The last stream that counts is this one: what came after it was not looked at.
        if (answered == 9) peer.send_goaway(request->stream, 0);
        peer.answer(request->stream, "x");
      }
      if (!hangs_up) peer.peer().wait_for_end();
    }};
    const LoadResult result =
        connect(setup_of(server, simple_http2_scenario(), 1, 4))->run(closed_phase(100));
    EXPECT_GE(server.connections(), 10);
    EXPECT_EQ(result.sent, 100U);
    EXPECT_EQ(result.ok, 100U);
    EXPECT_TRUE(result.errors.empty());
    EXPECT_GE(result.reconnects, 9U);
    EXPECT_GE(result.retries, 7U);
  }
}

TEST(EngineHttp2, ALostConnectionCutsShortEveryCallOnIt) {
  ScriptedServer server{[&](Peer& raw) {
    Http2Peer peer(raw);
    for (int i = 0; i < 4; ++i) static_cast<void>(peer.read_request());
  }};
  const LoadResult result =
      connect(setup_of(server, simple_http2_scenario()))->run(closed_phase(8));
  EXPECT_EQ(result.ok, 0U);
  EXPECT_EQ(count_of(result, "closed") + count_of(result, "reset"), 8U);
  EXPECT_EQ(result.uncertain.size(), 8U);
}

TEST(EngineHttp2, APeerAtFaultThatHangsUpIsMalformedAndCountedOnce) {
  ScriptedServer server{[](Peer& raw) {
    Http2Peer peer(raw);
    if (!peer.read_request()) return;
    peer.send_data(0, "a frame that belongs to no stream");
    shutdown(raw.fd(), SHUT_WR);
    raw.wait_for_end();
  }};
  const LoadResult result =
      connect(setup_of(server, simple_http2_scenario(), 1, 1))->run(closed_phase(10));
  EXPECT_EQ(count_of(result, "malformed"), 10U);
  EXPECT_EQ(result.error_total(), 10U);
  expect_closed_books(result);
}

// The fault comes in one piece with the SETTINGS that let calls begin: none of them is sent.
TEST(EngineHttp2, CallsThatAFaultLeavesUnsentEndOnce) {
  std::atomic<int> number = 0;
  const auto script = [&](Peer& raw) {
    if (number++ > 0) {
      constexpr std::string_view kSettingsThenPingOfOddSize(
          "\0\0\0\4\0\0\0\0\0"
          "\0\0\1\6\0\0\0\0\0x",
          19);
      raw.send(kSettingsThenPingOfOddSize);
      return raw.wait_for_end();
    }
    Http2Peer peer(raw);
    if (const auto request = peer.read_request()) peer.answer(request->stream, "x");
    shutdown(raw.fd(), SHUT_WR);
    raw.wait_for_end();
  };
  const LoadResult result = run_calls(script, simple_http2_scenario(), 13, 1);
  EXPECT_EQ(result.sent, 13U);
  EXPECT_EQ(result.uncertain.size() + result.ok, 13U);
  EXPECT_GE(count_of(result, "goaway") + count_of(result, "malformed"), 11U);
}

TEST(EngineHttp2, ASilentStreamTimesOutAndTheOthersGoOn) {
  int number = 0;
  std::optional<std::uint32_t> reset;
  std::optional<ScriptedServer> server;
  server.emplace([&](Peer& raw) {
    Http2Peer peer(raw);
    std::int32_t silent = 0;
    while (const auto request = peer.read_request()) {
      if (++number == 3) {
        silent = request->stream;
        continue;
      }
      peer.answer(request->stream, "x");
      if (number == 30) reset = peer.read_reset(silent);
    }
  });
  LoadSetup setup = setup_of(*server, simple_http2_scenario());
  setup.timeout = 150ms;
  const LoadResult result = connect(std::move(setup))->run(closed_phase(30));
  EXPECT_EQ(server->connections(), 1);
  server.reset();  // so that its script is over
  EXPECT_EQ(result.ok, 29U);
  EXPECT_EQ(count_of(result, "timeout"), 1U);
  EXPECT_EQ(reset, 8U);  // CANCEL
  EXPECT_GE(result.times.response().max(), 150'000'000);
  expect_closed_books(result);
}

TEST(EngineHttp2, AStalledServerIsInTheResponseTimesAndNotInTheLag) {
  int number = 0;
  ScriptedServer server{http2_server([&](Http2Peer& peer, const Http2Request& request) {
    if (++number == 100) std::this_thread::sleep_for(200ms);  // the stall that is measured
    peer.answer(request.stream, "x");
  })};
  const LoadResult result =
      connect(setup_of(server, simple_http2_scenario()))->run(open_phase(1'000, 500ms));
  EXPECT_EQ(result.ok, 500U);
  // Due in the first 100 ms of the stall, so late by at least 100 ms: about a hundred requests.
  EXPECT_GE(result.times.response().count_above(100'000'000), 90U);
  EXPECT_GE(result.times.wait.max(), 100'000'000);
}

TEST(EngineHttp2, LargeBodiesGoBothWaysUnderFlowControl) {
  PreparedScenario scenario = simple_http2_scenario();
  scenario.streams[0].fields[0].value = "POST";
  scenario.streams[0].messages = {std::string(3'000'000, 'q')};
  std::atomic<std::uint64_t> received = 0;
  const LoadResult result =
      run_calls(http2_server([&](Http2Peer& peer, const Http2Request& request) {
                  received += request.body.size();
                  peer.send_fields(request.stream, {{":status", "200"}}, false);
                  for (int i = 0; i < 100; ++i) {
                    peer.send_data(request.stream, std::string(16'000, 'a'), i == 99);
                  }
                }),
                scenario, 10, 2);
  EXPECT_EQ(result.ok, 10U);
  EXPECT_EQ(received, 30'000'000U);
  EXPECT_GE(result.bytes_received, 16'000'000U);
}

TEST(EngineHttp2, AServerOfAnotherProtocolIsNamed) {
  const auto problem = [](const ScriptedServer::Script& script) {
    ScriptedServer server{script};
    LoadSetup setup = setup_of(server, simple_http2_scenario());
    setup.timeout = 200ms;
    const auto engine = Engine::connect(std::move(setup));
    return engine ? std::string{} : engine.error().message;
  };
  EXPECT_NE(problem([](Peer& peer) {
              static_cast<void>(peer.read_some());
              peer.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
              peer.wait_for_end();
            }).find("answered with HTTP/1.1"),
            std::string::npos);
  EXPECT_NE(problem([](Peer& peer) {
              static_cast<void>(peer.read_some());
              peer.send({"\x15\x03\x01\x00\x02\x02\x16", 7});
              peer.wait_for_end();
            }).find("speaks TLS"),
            std::string::npos);
  EXPECT_NE(
      problem([](Peer& peer) { static_cast<void>(peer.read_some()); }).find("before any HTTP/2"),
      std::string::npos);
  EXPECT_NE(problem([](Peer& peer) { peer.wait_for_end(); }).find("0 of 1 connections"),
            std::string::npos);
}

TEST(EngineHttp2, MalformedFramesAreErrorsAndNeverTheEnd) {
  const std::vector<std::function<void(Http2Peer&, std::int32_t)>> evils{
      [](Http2Peer& peer, std::int32_t stream) {
        peer.send_frame(NGHTTP2_HEADERS, 5, stream, "\xff\xff\xff\xff");
      },
      [](Http2Peer& peer, std::int32_t stream) { peer.send_data(stream, "before headers", true); },
      [](Http2Peer& peer, std::int32_t stream) {
        peer.send_frame(NGHTTP2_WINDOW_UPDATE, 0, stream, {"\0\0\0\0", 4});
      },
      [](Http2Peer& peer, std::int32_t) { peer.send_frame(NGHTTP2_SETTINGS, 0, 0, "odd"); },
      [](Http2Peer& peer, std::int32_t) {
        peer.send_frame(NGHTTP2_PUSH_PROMISE, 4, 1, {"\0\0\0\2\x82", 5});
      },
      [](Http2Peer& peer, std::int32_t) { peer.send_frame(NGHTTP2_PING, 0, 0, "short"); },
      [](Http2Peer& peer, std::int32_t) {
        peer.peer().send({"\xff\xff\xff\0\0\0\0\0\1", 9});
      },
      [](Http2Peer& peer, std::int32_t stream) {
        peer.send_fields(stream, {{"UPPER", "x"}, {":status", "200"}}, true);
      },
      [](Http2Peer& peer, std::int32_t stream) {
        peer.send_fields(stream, {{"x", "no status"}}, true);
      },
  };
  for (std::size_t i = 0; i < evils.size(); ++i) {
    int number = 0;
    ScriptedServer server{http2_server([&](Http2Peer& peer, const Http2Request& request) {
      if (++number % 5 == 0) {
        evils[i](peer, request.stream);
      } else {
        peer.answer(request.stream, "x");
      }
    })};
    LoadSetup setup = setup_of(server, simple_http2_scenario(), 1, 1);
    setup.timeout = 2s;
    const LoadResult result = connect(std::move(setup))->run(closed_phase(50));
    EXPECT_EQ(result.sent, 50U) << i;
    EXPECT_EQ(result.ok, 40U) << i;
    EXPECT_EQ(result.uncertain.size(), 10U) << i;
    EXPECT_EQ(count_of(result, "timeout"), 0U) << i;
  }
}

// --- gRPC ---

TEST(EngineGrpc, AUnaryCallIsOneMessageEachWay) {
  ScriptedServer server{http2_server([](Http2Peer& peer, const Http2Request& request) {
    EXPECT_EQ(request.body, grpc_frame("hello"));
    EXPECT_EQ(request.fields.at("te"), "trailers");
    peer.answer_grpc(request.stream, {"world"});
  })};
  const LoadResult result =
      connect(setup_of(server, simple_grpc_scenario(), 2))->run(closed_phase(300));
  EXPECT_EQ(result.ok, 300U);
  EXPECT_TRUE(result.errors.empty());
  EXPECT_EQ(result.times.messages(), 0U);  // counted for streams only
  expect_closed_books(result);
}

TEST(EngineGrpc, AStatusOtherThanOkIsAnErrorOfThatName) {
  int number = 0;
  const LoadResult result = run_calls(
      http2_server([&](Http2Peer& peer, const Http2Request& request) {
        switch (++number % 4) {
          case 0:
            return peer.answer_grpc(request.stream, {}, "14");
          case 1:
            return peer.answer_grpc(request.stream, {}, "77");
          case 2:  // trailers only
            return peer.send_fields(
                request.stream,
                {{":status", "200"}, {"content-type", "application/grpc"}, {"grpc-status", "5"}},
                true);
          default:
            return peer.answer_grpc(request.stream, {"x"});
        }
      }),
      simple_grpc_scenario(), 40);
  EXPECT_EQ(result.ok, 10U);
  EXPECT_EQ(result.errors,
            (ErrorCounts{{"UNAVAILABLE", 10}, {"grpc_other", 10}, {"NOT_FOUND", 10}}));
  expect_closed_books(result);
}

TEST(EngineGrpc, WhatIsNoGrpcAnswerIsMalformed) {
  const std::vector<std::function<void(Http2Peer&, std::int32_t)>> evils{
      [](Http2Peer& peer, std::int32_t stream) {  // no trailers
        peer.begin_grpc(stream);
        peer.send_data(stream, grpc_frame("x"), true);
      },
      [](Http2Peer& peer, std::int32_t stream) {
        peer.answer_grpc(stream, {});
      },  // OK without a message
      [](Http2Peer& peer, std::int32_t stream) {
        peer.answer_grpc(stream, {"a", "b"});
      },                                          // or with two
      [](Http2Peer& peer, std::int32_t stream) {  // cut inside of a message
        peer.begin_grpc(stream);
        peer.send_data(stream, grpc_frame("long").substr(0, 7));
        peer.end_grpc(stream);
      },
      [](Http2Peer& peer, std::int32_t stream) {  // a flag that nobody defined
        peer.begin_grpc(stream);
        peer.send_data(stream, {"\2\0\0\0\1x", 6});
        peer.end_grpc(stream);
      },
      [](Http2Peer& peer, std::int32_t stream) { peer.answer(stream, "<html>"); },  // a web page
  };
  for (std::size_t i = 0; i < evils.size(); ++i) {
    const LoadResult result =
        run_calls(http2_server([&](Http2Peer& peer, const Http2Request& request) {
                    evils[i](peer, request.stream);
                  }),
                  simple_grpc_scenario(), 10, 1);
    EXPECT_EQ(result.errors, (ErrorCounts{{"malformed", 10}})) << i;
    expect_closed_books(result);
  }
}

TEST(EngineGrpc, ADeadlineIsKeptHereTooAndItsTimesAreInTheHistogram) {
  PreparedScenario scenario = simple_grpc_scenario();
  scenario.deadline = 50ms;
  int number = 0;
  const LoadResult result =
      run_calls(http2_server([&](Http2Peer& peer, const Http2Request& request) {
                  if (++number > 5) peer.answer_grpc(request.stream, {"x"});
                }),
                scenario, 20, 1);
  EXPECT_EQ(result.ok, 15U);
  EXPECT_EQ(result.errors, (ErrorCounts{{"DEADLINE_EXCEEDED", 5}}));
  EXPECT_EQ(result.times.response().count(), 20U);
  EXPECT_GE(result.times.response().max(), 50'000'000);
}

TEST(EngineGrpc, APauseBeforeTheFifthMessageIsOneGapAndNothingElse) {
  PreparedScenario scenario = simple_grpc_scenario();
  scenario.answers_with_messages = true;
  const LoadResult result =
      run_calls(http2_server([](Http2Peer& peer, const Http2Request& request) {
                  peer.begin_grpc(request.stream);
                  for (int message = 1; message <= 8; ++message) {
                    // The pause that is measured.
                    if (message == 5) std::this_thread::sleep_for(100ms);
                    peer.send_data(request.stream, grpc_frame("x"));
                  }
                  peer.end_grpc(request.stream);
                }),
                scenario, 3, 1);
  EXPECT_EQ(result.ok, 3U);
  EXPECT_EQ(result.times.messages(), 24U);
  EXPECT_EQ(result.times.first_message.count(), 3U);
  EXPECT_LT(result.times.first_message.max(), 100'000'000);
  EXPECT_EQ(result.times.message_gap.count(), 21U);
  // Half of the pause: a busy machine may read the message before it late.
  EXPECT_EQ(result.times.message_gap.count_above(50'000'000), 3U);
}

TEST(EngineGrpc, TurnsAreTaken) {
  PreparedScenario scenario = simple_grpc_scenario({"one", "two", "three"});
  scenario.answers_with_messages = scenario.takes_turns = true;
  std::vector<std::size_t> had;
  ScriptedServer server{[&](Peer& raw) {
    Http2Peer peer(raw);
    const std::string first = grpc_frame("one"), second = grpc_frame("two"),
                      third = grpc_frame("three");
    std::size_t size = first.size();
    had.push_back(peer.read_part(1, size).size());
    peer.begin_grpc(1);
    peer.send_data(1, grpc_frame("1"));
    size += second.size();
    had.push_back(peer.read_part(1, size).size());
    peer.send_data(1, grpc_frame("2"));
    static_cast<void>(peer.read_request());  // the third and the end
    peer.send_data(1, grpc_frame("3"));
    peer.end_grpc(1);
    peer.peer().wait_for_end();
  }};
  const LoadResult result = connect(setup_of(server, scenario, 1, 1))->run(closed_phase(1));
  EXPECT_EQ(result.ok, 1U);
  EXPECT_EQ(result.times.messages(), 3U);
  EXPECT_EQ(had, (std::vector<std::size_t>{8, 16}));  // never more than what was answered allows
}

TEST(EngineGrpc, AServerThatEndsBeforeItHasHeardAllIsAnAnswer) {
  PreparedScenario scenario =
      simple_grpc_scenario({std::string(100'000, 'a'), std::string(100'000, 'b')});
  std::optional<std::uint32_t> reset;
  ScriptedServer server{[&](Peer& raw) {
    Http2Peer peer(raw);
    static_cast<void>(peer.read_part(1, 10));
    peer.send_fields(
        1, {{":status", "200"}, {"content-type", "application/grpc"}, {"grpc-status", "8"}}, true);
    reset = peer.read_reset(1);
    peer.peer().wait_for_end();
  }};
  const LoadResult result = connect(setup_of(server, scenario, 1, 1))->run(closed_phase(1));
  EXPECT_EQ(result.errors, (ErrorCounts{{"RESOURCE_EXHAUSTED", 1}}));
}

TEST(EngineGrpc, AnAnswerThatTheCheckRefusesIsWrong) {
  PreparedScenario scenario = simple_grpc_scenario();
  scenario.check = [](std::uint64_t number, int status, std::string_view body) {
    return status == 0 && grpc_messages(body) == std::vector<std::string_view>{"world"} &&
           number % 2 == 0;
  };
  const LoadResult result =
      run_calls(http2_server([](Http2Peer& peer, const Http2Request& request) {
                  peer.answer_grpc(request.stream, {"world"});
                }),
                scenario, 20);
  EXPECT_EQ(result.ok, 10U);
  EXPECT_EQ(result.errors, (ErrorCounts{{"wrong_answer", 10}}));
  expect_closed_books(result);
}

TEST(EngineGrpc, TheFirstCallTellsTheServersMessage) {
  ScriptedServer server{http2_server([](Http2Peer& peer, const Http2Request& request) {
    peer.send_fields(request.stream,
                     {{":status", "200"},
                      {"content-type", "application/grpc"},
                      {"grpc-status", "12"},
                      {"grpc-message", "no such method"}},
                     true);
  })};
  const auto checked = check_once(server.endpoint(), simple_grpc_scenario(), 1s);
  ASSERT_FALSE(checked);
  EXPECT_NE(checked.error().message.find("answered UNIMPLEMENTED: no such method, expected OK"),
            std::string::npos)
      << checked.error().message;
}

}  // namespace
}  // namespace tracetax::testing

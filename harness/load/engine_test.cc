// The engine against servers with good manners: what is sent, what is counted, what is timed.
// SPDX-License-Identifier: Apache-2.0
#include "harness/load/engine_testing.h"
#include "harness/load/ledger.h"
#include "harness/load/session/monotonic.h"

namespace tracetax {
namespace {

using namespace testing;
using namespace std::chrono_literals;

TEST(Engine, SendsWhatIsDueOverConnectionsThatStayOpen) {
  ScriptedServer server{testing::always(answer("hello"))};
  const auto engine = connect(setup_for(server, 2));
  const LoadResult result = engine->run(open_phase(2000, 250ms));
  EXPECT_EQ(result.due, 500U);
  EXPECT_EQ(result.ok, 500U);
  EXPECT_TRUE(result.errors.empty());
  EXPECT_EQ(result.late, 0U);
  EXPECT_EQ(result.times.lag.count(), 500);
  EXPECT_EQ(result.times.wait.count(), 500);
  EXPECT_EQ(server.connections(), 2);
  EXPECT_EQ(result.bytes_received, 500 * answer("hello").size());
  EXPECT_DOUBLE_EQ(result.asked_rate, 2000);
  EXPECT_GT(result.cpu, 0ns);
  expect_closed_books(result);
}

TEST(Engine, TellsHowLongAnswersLayUnreadInAnOpenLoop) {
  ScriptedServer server{testing::always(answer("hello"))};
  const auto engine = connect(setup_for(server, 2));
  const LoadResult open = engine->run(open_phase(500, 100ms));
  EXPECT_GT(open.lay_unread.count(), 0);  // on one of the two connections
  EXPECT_LT(open.lay_unread.count(), 50);
  EXPECT_LE(open.lay_unread.max(), open.times.service().max());
  EXPECT_TRUE(engine->run(closed_phase(20)).lay_unread.empty());
}

TEST(Engine, WritesThePlannedIdsOnTheWire) {
  WireLog wire;
  ScriptedServer server{[&](Peer& peer) {
    while (const auto request = peer.read_request()) {
      wire.add(*request);
      peer.send(answer(""));
    }
  }};
  const LoadPhase phase = open_phase(2000, 250ms, 0.1);
  const LoadResult result = connect(setup_for(server, 4))->run(phase);
  EXPECT_EQ(result.sent, 500U);
  EXPECT_EQ(wire.traceparents(), planned(result, phase.ids));
  const auto sampled = static_cast<std::int64_t>(phase.ids.sampled_among(500));
  EXPECT_EQ(result.times.response_sampled.count(), sampled);
  EXPECT_EQ(result.times.service_sampled.count(), sampled);
  EXPECT_EQ(result.times.response_unsampled.count(), 500 - sampled);
}

TEST(Engine, TwoThreadsSendEveryNumberOnce) {
  WireLog wire;
  ScriptedServer server{[&](Peer& peer) {
    while (const auto request = peer.read_request()) {
      wire.add(*request);
      peer.send(answer(""));
    }
  }};
  LoadSetup setup = setup_for(server, 5);
  setup.threads = 2;
  const auto engine = connect(setup);
  LoadPhase phase = open_phase(1000, 300ms, 0.5);
  phase.arrivals = Arrivals::poisson;
  const LoadResult open = engine->run(phase);
  EXPECT_NEAR(static_cast<double>(open.sent), 300, 100);
  EXPECT_EQ(wire.traceparents(), planned(open, phase.ids));
  expect_closed_books(open);

  LoadPhase closed = closed_phase(301);
  closed.ids = RequestIds{8, SampleRate{}};
  const LoadResult back_to_back = engine->run(closed);
  EXPECT_EQ(back_to_back.sent, 301U);
  EXPECT_EQ(back_to_back.due, 301U);
  EXPECT_EQ(wire.size(), open.sent + 301);
  expect_closed_books(back_to_back);
  EXPECT_EQ(server.connections(), 5);
}

TEST(Engine, ClosedLoopRunsUntilItsTimeIsUp) {
  ScriptedServer server{testing::always(answer("x"))};
  LoadSetup setup = setup_for(server, 4);
  setup.threads = 2;
  LoadPhase phase = closed_phase(0);
  phase.count.reset();
  phase.duration = 100ms;
  const LoadResult result = connect(setup)->run(phase);
  EXPECT_GT(result.ok, 20U);
  EXPECT_GE(result.elapsed, 50ms);
  EXPECT_EQ(result.asked_rate, 0);
  EXPECT_GT(result.achieved_rate, 0);
  EXPECT_TRUE(result.times.lag.empty());
  expect_closed_books(result);
}

TEST(Engine, CountEndsAnOpenPhase) {
  ScriptedServer server{testing::always(answer(""))};
  LoadPhase phase = open_phase(5000, 1h);
  phase.count = 100;
  const LoadResult result = connect(setup_for(server, 2))->run(phase);
  EXPECT_EQ(result.due, 100U);
  EXPECT_EQ(result.ok, 100U);
}

TEST(Engine, StopEndsAPhaseAndKeepsWhatWasMeasured) {
  std::stop_source stop;
  WireLog wire;
  ScriptedServer server{[&](Peer& peer) {
    while (const auto request = peer.read_request()) {
      if (wire.add(*request) == 50) stop.request_stop();
      peer.send(answer(""));
    }
  }};
  LiveCounts live;
  const auto engine = connect(setup_for(server, 4));
  const LoadResult result = engine->run(open_phase(1000, 1h), stop.get_token(), &live);
  EXPECT_GE(result.sent, 50U);
  EXPECT_LT(result.sent, 2000U);
  EXPECT_EQ(result.ok, result.sent);
  EXPECT_NEAR(result.achieved_rate, 1000, 200);
  EXPECT_EQ(live.ok.load(), result.ok);
  expect_closed_books(result);

  std::stop_source before;
  before.request_stop();
  LoadPhase closed = closed_phase(1'000'000'000);
  expect_closed_books(engine->run(closed, before.get_token()));
}

TEST(Engine, PhasesFollowEachOtherOnTheSameConnections) {
  ScriptedServer server{testing::always(answer(""))};
  const auto engine = connect(setup_for(server, 3));
  for (int i = 0; i < 3; ++i) {
    const LoadResult result = engine->run(open_phase(1000, 50ms));
    EXPECT_EQ(result.ok, 50U);
    EXPECT_TRUE(result.errors.empty());
    EXPECT_EQ(engine->run(closed_phase(20)).ok, 20U);
  }
  EXPECT_EQ(server.connections(), 3);
}

TEST(Engine, ConnectionsClosedBetweenPhasesAreOpenedAgainAndCountInNone) {
  ScriptedServer server{testing::always(answer(""))};
  const auto engine = connect(setup_for(server, 3));
  EXPECT_EQ(engine->run(open_phase(1000, 20ms)).ok, 20U);
  server.close_all();
  const LoadResult open = engine->run(open_phase(1000, 50ms));
  EXPECT_EQ(open.ok, 50U);
  EXPECT_TRUE(open.errors.empty());
  server.close_all();
  const LoadResult closed = engine->run(closed_phase(100));
  EXPECT_EQ(closed.ok, 100U);
  EXPECT_TRUE(closed.errors.empty());
  EXPECT_EQ(server.connections(), 9);
}

// --- in turns: slice by slice ---

LoadResult in_slices(Engine& engine, double rate) {
  LoadResult total;
  for (int slice = 0; slice < 8; ++slice)
    add_later_phase(total, engine.run(open_phase(rate, 50ms)));
  return total;
}

TEST(Engine, WaitingForTheLastAnswersOfASliceIsNotFallingBehind) {
  ScriptedServer server{[](Peer& peer) {
    while (peer.read_request()) {
      std::this_thread::sleep_for(5ms);
      peer.send(answer("x"));
    }
  }};
  const LoadResult result = in_slices(*connect(setup_for(server, 16)), 400);
  EXPECT_EQ(result.ok, 160U);
  EXPECT_GT(result.elapsed, 420ms);  // for 400 ms of load
  EXPECT_LE(falling_behind(result, 50ms), 0.01);
}

TEST(Engine, ATargetThatCannotKeepUpFallsBehindInEverySlice) {
  ScriptedServer server{[](Peer& peer) {
    while (peer.read_request()) {
      std::this_thread::sleep_for(5ms);
      peer.send(answer("x"));
    }
  }};
  const LoadResult result = in_slices(*connect(setup_for(server, 1)), 400);  // it can do 200/s
  EXPECT_EQ(result.ok, 160U);
  EXPECT_GT(falling_behind(result, 50ms), 0.5);
}

// --- answers in other shapes ---

TEST(Engine, TakesAnswersByteByByte) {
  ScriptedServer server{[](Peer& peer) {
    while (peer.read_request()) {
      for (const char c : answer("slow")) peer.send({&c, 1});
    }
  }};
  const LoadResult result = connect(setup_for(server, 2))->run(closed_phase(20));
  EXPECT_EQ(result.ok, 20U);
  EXPECT_TRUE(result.errors.empty());
}

TEST(Engine, TakesChunkedInterimAndBodilessAnswers) {
  const std::string texts[] = {
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=1\r\nwiki\r\n0\r\nA: b\r\n\r\n",
      "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + answer("final"),
      "HTTP/1.1 204 No Content\r\n\r\n",
  };
  for (const std::string& text : texts) {
    ScriptedServer server{testing::always(text)};
    const LoadResult result = connect(setup_for(server, 2))->run(closed_phase(50));
    EXPECT_EQ(result.ok, 50U) << text;
    EXPECT_TRUE(result.errors.empty()) << text;
  }
}

TEST(Engine, AnswersToHeadHaveNoBody) {
  ScriptedServer server{testing::always("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")};
  LoadSetup setup = setup_for(server, 2);
  setup.scenario = testing::simple_scenario(setup.endpoint, "HEAD");
  EXPECT_EQ(connect(setup)->run(closed_phase(50)).ok, 50U);
}

TEST(Engine, SendsAndTakesBodiesThatFitNoBuffer) {
  const std::string big(1'000'000, 'b');
  std::atomic<int> whole{0};
  ScriptedServer server{[&](Peer& peer) {
    while (const auto request = peer.read_request()) {
      if (request->ends_with(big)) ++whole;
      peer.send(answer(big));
    }
  }};
  LoadSetup setup = setup_for(server, 2);
  setup.scenario = testing::simple_scenario(setup.endpoint, "POST", big);
  const LoadResult result = connect(setup)->run(closed_phase(12));
  EXPECT_EQ(result.ok, 12U);
  EXPECT_EQ(whole.load(), 12);
  EXPECT_TRUE(result.errors.empty());
  EXPECT_EQ(result.bytes_received, 12 * answer(big).size());
}

// Of five answers: one plain, one of a branch, one of a branch with a status that is an error
// without it, and two that are no right answers.
ScriptedServer::Script with_outcomes() {
  return [](Peer& peer) {
    const auto with = [](std::string_view status, std::string_view outcome) {
      return fmt::format("HTTP/1.1 {}\r\nContent-Length: 2\r\n{}{}{}\r\nok", status,
                         outcome.empty() ? "" : "X-Outcome: ", outcome,
                         outcome.empty() ? "" : "\r\n");
    };
    const std::string answers[] = {with("200 OK", ""), with("409 Conflict", "no_stock sold_out"),
                                   with("504 Gateway Timeout", "slow"),
                                   with("504 Gateway Timeout", ""), with("418 No", "sold_out")};
    for (std::size_t i = 0; peer.read_request(); ++i) peer.send(answers[i % 5]);
  };
}

TEST(Engine, KeepsWhichBranchesARequestTookWhereItIsAskedTo) {
  ScriptedServer server{with_outcomes()};
  LoadSetup setup = setup_for(server, 1);
  setup.scenario.reads_outcome = true;
  setup.scenario.branch_statuses = {200, 409, 504};
  const auto engine = connect(setup);
  for (const LoadPhase& phase : {open_phase(100, 100ms), closed_phase(10)}) {
    const LoadResult result = engine->run(phase);
    ASSERT_EQ(result.due, 10U);
    EXPECT_EQ(result.ok, 6U);
    EXPECT_EQ(result.errors, (ErrorCounts{{"status_418", 2}, {"status_504", 2}}));
    ASSERT_TRUE(result.outcomes);
    EXPECT_EQ(result.outcomes->texts, (std::vector<std::string>{"", "no_stock sold_out", "slow"}));
    EXPECT_EQ(result.outcomes->of_request,
              (std::vector<std::uint8_t>{0, 1, 2, kNoOutcome, kNoOutcome, 0, 1, 2, kNoOutcome,
                                         kNoOutcome}));
    expect_closed_books(result);
  }
}

TEST(Engine, DoesNotReadOutcomesByItself) {
  ScriptedServer server{with_outcomes()};
  const LoadResult result = connect(setup_for(server, 1))->run(closed_phase(5));
  EXPECT_FALSE(result.outcomes);
  EXPECT_EQ(result.ok, 1U);
}

}  // namespace
}  // namespace tracetax

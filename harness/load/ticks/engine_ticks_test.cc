// What the engine records of every tenth of a second: it adds up, and a stall stands where it was.
// SPDX-License-Identifier: Apache-2.0
#include <thread>
#include <vector>

#include "harness/load/engine_testing.h"
#include "harness/load/session/monotonic.h"

namespace tracetax {
namespace {

using namespace testing;
using namespace std::chrono_literals;

/// Of all workers, by number.
std::vector<LoadTick> all_ticks(Engine& engine, std::size_t most) {
  std::vector<LoadTick> ticks(most);
  engine.take_ticks([&](std::size_t, const LoadTick& tick) {
    ASSERT_LT(static_cast<std::size_t>(tick.number), most);
    ticks[static_cast<std::size_t>(tick.number)].merge(tick);
  });
  return ticks;
}

LoadTick sum_of(const std::vector<LoadTick>& ticks) {
  LoadTick sum;
  for (const LoadTick& tick : ticks) sum.merge(tick);
  return sum;
}

void expect_same(const LoadTick& sum, const LoadResult& result) {
  EXPECT_EQ(sum.ok, result.ok);
  EXPECT_EQ(sum.late, result.late);
  EXPECT_EQ(sum.errors.named(), result.errors);
  EXPECT_EQ(sum.response.count(), result.times.response().count());
  EXPECT_EQ(sum.lag.count(), result.times.all_lag().count());
}

TEST(EngineTicks, AddUpToThePhase) {
  ScriptedServer server{testing::always(answer("hello"))};
  LoadSetup setup = setup_for(server, 5);
  setup.threads = 2;
  const auto engine = connect(std::move(setup));
  LoadPhase phase = open_phase(1000, 500ms);
  phase.arrivals = Arrivals::poisson;
  phase.ticks = ticks_of(phase.duration, 150);
  const std::int64_t before_ns = monotonic_ns();
  const LoadResult result = engine->run(phase);
  EXPECT_GT(result.start_ns, before_ns);
  EXPECT_LT(result.start_ns, monotonic_ns() - 450'000'000);
  const auto ticks = all_ticks(*engine, 5);
  for (const LoadTick& tick : ticks) EXPECT_GT(tick.ok, 0U);
  expect_same(sum_of(ticks), result);
  EXPECT_EQ(sum_of(all_ticks(*engine, 5)).ok, 0U) << "taken already";

  LoadPhase closed = closed_phase(200);
  closed.ticks = ticks_of(1s, 150);
  const LoadResult back_to_back = engine->run(closed);
  const LoadTick sum = sum_of(all_ticks(*engine, 10));
  expect_same(sum, back_to_back);
  EXPECT_TRUE(sum.lag.empty());

  static_cast<void>(engine->run(open_phase(1000, 50ms)));
  EXPECT_EQ(sum_of(all_ticks(*engine, 1)).ok, 0U) << "nobody asked for ticks";
}

TEST(EngineTicks, HoldErrorsWhereTheyHappened) {
  const auto start = std::chrono::steady_clock::now();
  ScriptedServer server{[&](Peer& peer) {
    while (peer.read_request()) {
      const auto since = std::chrono::steady_clock::now() - start;
      peer.send(since < 200ms ? answer("") : answer("", "503 Service Unavailable"));
    }
  }};
  const auto engine = connect(setup_for(server, 2));
  LoadPhase phase = open_phase(500, 500ms);
  phase.ticks = ticks_of(phase.duration, 150);
  const LoadResult result = engine->run(phase);
  const auto ticks = all_ticks(*engine, 5);
  expect_same(sum_of(ticks), result);
  EXPECT_EQ(ticks[0].errors.total(), 0U);
  EXPECT_GT(ticks[0].ok, 0U);
  EXPECT_EQ(ticks[4].ok, 0U);
  EXPECT_EQ(ticks[4].errors.named(), (ErrorCounts{{"status_503", ticks[4].errors.total()}}));
}

TEST(EngineTicks, AServerThatStandsStillIsAHoleAndThenALateAnswer) {
  std::atomic<bool> stands{false};
  ScriptedServer server{[&](Peer& peer) {
    while (peer.read_request()) {
      while (stands) std::this_thread::sleep_for(1ms);
      peer.send(answer(""));
    }
  }};
  const auto engine = connect(setup_for(server, 4));
  LoadPhase phase = open_phase(400, 1s);
  phase.ticks = ticks_of(phase.duration, 150);
  std::jthread stopper([&] {
    std::this_thread::sleep_for(250ms);
    stands = true;
    std::this_thread::sleep_for(400ms);
    stands = false;
  });
  const LoadResult result = engine->run(phase);
  stopper.join();
  const auto ticks = all_ticks(*engine, 10);
  expect_same(sum_of(ticks), result);
  std::uint64_t emptiest = UINT64_MAX;
  double slowest_ns = 0;
  for (const LoadTick& tick : ticks) {
    emptiest = std::min(emptiest, tick.ok);
    slowest_ns = std::max(slowest_ns, tick.response.quantile_interpolated(0.99));
  }
  EXPECT_EQ(emptiest, 0U);
  EXPECT_GT(slowest_ns, 300e6);
  EXPECT_LT(ticks[0].response.quantile_interpolated(0.5), 100e6);
}

TEST(EngineTicks, CanBeTakenWhileThePhaseRuns) {
  ScriptedServer server{testing::always(answer("hello"))};
  LoadSetup setup = setup_for(server, 4);
  setup.threads = 2;
  const auto engine = connect(std::move(setup));
  LoadPhase phase = open_phase(1000, 800ms);
  phase.ticks = {.length = 50ms, .kept = 4, .digits = 2};
  LoadTick sum(2);
  int while_running = 0;
  const auto look = [&] {
    engine->take_ticks([&](std::size_t, const LoadTick& tick) { sum.merge(tick); });
  };
  LoadResult result;
  {
    std::jthread reader([&](const std::stop_token& done) {
      while (!done.stop_requested()) {
        const std::uint64_t before = sum.ok;
        look();
        if (sum.ok > before) ++while_running;
        std::this_thread::sleep_for(20ms);
      }
    });
    result = engine->run(phase);
  }
  EXPECT_GE(while_running, 3);
  look();
  expect_same(sum, result);
}

}  // namespace
}  // namespace tracetax

// Ticks on their way from the worker to a reader: none is lost, whatever the reader does.
// SPDX-License-Identifier: Apache-2.0
#include "harness/load/ticks/tick_ring.h"

#include <gtest/gtest.h>

#include <numeric>
#include <thread>
#include <utility>
#include <vector>

namespace tracetax {
namespace {

constexpr TickPlan kFour{.length = Nanos{100}, .kept = 4};

using NumberAndCount = std::pair<std::int64_t, std::uint64_t>;

std::vector<NumberAndCount> taken(TickRing& ring) {
  std::vector<NumberAndCount> ticks;
  ring.take([&](const LoadTick& tick) { ticks.emplace_back(tick.number, tick.ok); });
  return ticks;
}

TEST(TickRing, IsOffUnlessAPhaseWantsTicks) {
  TickRing ring;
  EXPECT_FALSE(ring.on());
  ring.begin({});
  EXPECT_FALSE(ring.on());
  ring.finish();
  EXPECT_TRUE(taken(ring).empty());
}

TEST(TickRing, ATickIsOverWhenItsTimeIs) {
  TickRing ring;
  ring.begin(kFour);
  ++ring.at(0).ok;
  ++ring.at(99).ok;
  EXPECT_TRUE(taken(ring).empty());
  ++ring.at(100).ok;
  EXPECT_EQ(taken(ring), (std::vector<NumberAndCount>{{0, 2}}));
  ++ring.at(99).ok;  // late news count in the one that is open
  ring.at(520);      // nothing happened for a while
  EXPECT_EQ(taken(ring), (std::vector<NumberAndCount>{{1, 2}}));
  ++ring.at(521).ok;
  ring.finish();
  EXPECT_EQ(taken(ring), (std::vector<NumberAndCount>{{5, 1}}));
}

TEST(TickRing, TheLastThatThereIsRoomForStaysOpen) {
  TickRing ring;
  ring.begin(kFour);
  for (std::int64_t now_ns = 0; now_ns < 1000; now_ns += 10) ++ring.at(now_ns).ok;
  ring.finish();
  EXPECT_EQ(taken(ring), (std::vector<NumberAndCount>{{0, 10}, {1, 10}, {2, 10}, {3, 70}}));
  ring.begin(kFour);
  ++ring.at(5).ok;
  ring.finish();
  EXPECT_EQ(taken(ring), (std::vector<NumberAndCount>{{0, 1}})) << "of the phase before";
}

TEST(TickRing, TellsWhichIsTheWorkersLast) {
  TickRing ring;
  ring.begin(kFour);
  ring.at(150);
  ring.finish();
  std::vector<bool> last;
  ring.take([&](const LoadTick& tick) { last.push_back(tick.last); });
  EXPECT_EQ(last, (std::vector<bool>{false, true}));
}

TEST(TickRing, OneSlotTakesAll) {
  TickRing ring;
  ring.begin({.length = Nanos{100}, .kept = 1});
  for (std::int64_t now_ns = 0; now_ns < 1000; now_ns += 10) ++ring.at(now_ns).ok;
  ring.finish();
  EXPECT_EQ(taken(ring), (std::vector<NumberAndCount>{{0, 100}}));
}

TEST(TickRing, AReaderBesideTheWriterSeesEveryCountOnce) {
  TickRing ring;
  ring.begin({.length = Nanos{500}, .kept = 3});
  constexpr std::int64_t kCounts = 2'000'000;
  std::uint64_t seen = 0;
  std::int64_t last = -1;
  const auto look = [&] {
    ring.take([&](const LoadTick& tick) {
      EXPECT_GT(tick.number, last);
      last = tick.number;
      EXPECT_EQ(static_cast<std::uint64_t>(tick.response.count()), tick.ok);
      seen += tick.ok;
    });
  };
  {
    std::jthread reader([&](const std::stop_token& done) {
      while (!done.stop_requested()) {
        look();
        std::this_thread::yield();
      }
    });
    for (std::int64_t now_ns = 0; now_ns < kCounts; ++now_ns) {
      LoadTick& tick = ring.at(now_ns);
      ++tick.ok;
      tick.response.record(now_ns);
    }
    ring.finish();
  }
  look();
  EXPECT_EQ(seen, static_cast<std::uint64_t>(kCounts));
}

}  // namespace
}  // namespace tracetax

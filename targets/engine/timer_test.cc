// The heap against a multiset, and the stage around a handler.
// SPDX-License-Identifier: Apache-2.0
#include "targets/engine/timer.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <stdexcept>
#include <utility>

#include "targets/engine/timer_heap.h"
#include "targets/request/exchange_fixture.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;

TEST(TimerHeap, TakesWhatIsDue) {
  TimerHeap heap(10);
  const auto late = heap.arm(30ns);
  const auto early = heap.arm(10ns);
  ASSERT_TRUE(late && early);
  EXPECT_EQ(heap.take_due(9ns), 0U);
  EXPECT_EQ(heap.take_due(10ns), 1U);
  EXPECT_FALSE(heap.cancel(*early));
  EXPECT_TRUE(heap.cancel(*late));
  EXPECT_FALSE(heap.cancel(*late));
  EXPECT_EQ(heap.size(), 0U);
}

TEST(TimerHeap, AnOldIdDoesNotCancelItsSuccessor) {
  TimerHeap heap(10);
  const auto first = heap.arm(10ns);
  ASSERT_TRUE(first && heap.cancel(*first));
  ASSERT_TRUE(heap.arm(20ns));
  EXPECT_FALSE(heap.cancel(*first));
  EXPECT_EQ(heap.size(), 1U);
}

TEST(TimerHeap, RefusesBeyondItsLimit) {
  TimerHeap heap(1);
  EXPECT_TRUE(heap.arm(1ns));
  EXPECT_FALSE(heap.arm(2ns));
  EXPECT_EQ(heap.refused(), 1U);
}

TEST(TimerHeap, EqualsASortedReference) {
  std::mt19937 random(5);
  TimerHeap heap(100'000);
  std::multiset<Nanos> reference;
  std::vector<std::pair<TimerHeap::Id, Nanos>> armed;
  Nanos now = 0ns;
  for (int i = 0; i < 50'000; ++i) {
    if (random() % 3 != 0) {
      const Nanos due = now + Nanos(random() % 1000);
      const auto id = heap.arm(due);
      ASSERT_TRUE(id);
      armed.emplace_back(*id, due);
      reference.insert(due);
    } else if (random() % 2 == 0 && !armed.empty()) {
      const std::size_t at = random() % armed.size();
      const auto [id, due] = armed[at];
      armed[at] = armed.back();
      armed.pop_back();
      ASSERT_EQ(heap.cancel(id), due > now) << i;  // what is due was taken before
      if (due > now) reference.erase(reference.find(due));
    } else {
      now += Nanos(random() % 50);
      const auto end = reference.upper_bound(now);
      ASSERT_EQ(heap.take_due(now),
                static_cast<std::size_t>(std::distance(reference.begin(), end)));
      reference.erase(reference.begin(), end);
    }
    // Due at once counts as taken in the line above only after the next step forward in time.
    const auto due_now = heap.take_due(now);
    for (std::size_t k = 0; k < due_now; ++k) reference.erase(reference.begin());
    ASSERT_EQ(heap.size(), reference.size()) << i;
  }
}

TEST(Timer, PassesRequestsOnAndExceptionsThrough) {
  int reached = 0;
  for (const bool cancels : {true, false}) {
    ExchangeFixture f;
    chain_of(make_stage(TimerSpec{.cancels = cancels, .armed_max = 0}), [&](Exchange&) {
      ++reached;
    }).handle(f.exchange);
    const Chain failing = chain_of(make_stage(TimerSpec{.cancels = cancels}),
                                   [](Exchange&) { throw std::runtime_error("oops"); });
    EXPECT_THROW(failing.handle(f.exchange), std::runtime_error);
  }
  EXPECT_EQ(reached, 2);
  EXPECT_EQ(make_stage(TimerSpec{.cancels = false})->describe(),
            "timer: 1 s armed and left until it is due, up to 262144 in each of 16 heaps");
}

}  // namespace
}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "targets/legs/broker/ring_queue.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>
#include <vector>

namespace tracetax {
namespace {

TEST(RingQueue, IsFullAtItsRoomAndTakesAgainAfterAPop) {
  RingQueue<int> ring(3);  // rounded up to 4
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(ring.try_push(i)) << i;
  int extra = 9;
  EXPECT_FALSE(ring.try_push(extra));
  EXPECT_EQ(ring.pop(Nanos{0}), 0);
  EXPECT_TRUE(ring.try_push(extra));
  for (const int expected : {1, 2, 3, 9}) EXPECT_EQ(ring.pop(Nanos{0}), expected);
  EXPECT_EQ(ring.pop(Nanos{0}), std::nullopt);
}

TEST(RingQueue, AFullQueueLeavesTheItemWithItsOwner) {
  RingQueue<std::unique_ptr<int>> ring(1);
  auto first = std::make_unique<int>(1);
  ASSERT_TRUE(ring.try_push(first));
  auto second = std::make_unique<int>(2);
  ASSERT_FALSE(ring.try_push(second));
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(*second, 2);
}

TEST(RingQueue, WaitsNoLongerThanAsked) {
  RingQueue<int> ring(4);
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(ring.pop(std::chrono::milliseconds(20)), std::nullopt);
  EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(20));
}

TEST(RingQueue, AParkedConsumerIsWoken) {
  RingQueue<int> ring(4);
  std::optional<int> got;
  std::thread consumer([&] { got = ring.pop(std::chrono::seconds(60)); });
  std::this_thread::sleep_for(std::chrono::milliseconds(30));  // long enough to park
  int item = 7;
  ASSERT_TRUE(ring.try_push(item));
  consumer.join();
  EXPECT_EQ(got, 7);
}

// Each producer's items come in its own order, each once. The ring is much smaller than what is
// sent, so that it is full, and empty, many times.
TEST(RingQueue, NothingIsLostOrDoubledUnderContention) {
  constexpr std::uint64_t kProducers = 4, kEach = 20'000;
  RingQueue<std::uint64_t> ring(64);
  std::vector<std::thread> producers;
  for (std::uint64_t p = 0; p < kProducers; ++p) {
    producers.emplace_back([&ring, p] {
      for (std::uint64_t i = 0; i < kEach; ++i) {
        std::uint64_t item = p * kEach + i;
        while (!ring.try_push(item)) std::this_thread::yield();
      }
    });
  }
  std::vector<std::uint64_t> next(kProducers, 0);
  for (std::uint64_t n = 0; n < kProducers * kEach; ++n) {
    const auto item = ring.pop(std::chrono::seconds(60));
    ASSERT_TRUE(item.has_value());
    ASSERT_EQ(*item % kEach, next[*item / kEach]++);
  }
  for (std::thread& producer : producers) producer.join();
  EXPECT_EQ(ring.pop(Nanos{0}), std::nullopt);
}

}  // namespace
}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "targets/legs/client/connection_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace tracetax {
namespace {

struct FakeConnection {
  int number;
  bool* is_alive;
  bool is_broken = false;
  [[nodiscard]] bool reusable() const { return !is_broken; }
  [[nodiscard]] bool alive() const { return *is_alive; }
};

class ConnectionPoolTest : public testing::Test {
 protected:
  auto open() {
    return [this]() -> Result<std::unique_ptr<FakeConnection>> {
      if (refuses_) return failure(ExitCode::invalid, "connection refused");
      return std::make_unique<FakeConnection>(FakeConnection{++opened_, &alive_});
    };
  }
  bool alive_ = true;
  bool refuses_ = false;
  std::atomic<int> opened_ = 0;
};

TEST_F(ConnectionPoolTest, TheLastOneGivenBackGoesFirst) {
  ConnectionPool<FakeConnection> pool(3, Nanos{0});
  {
    auto first = pool.take(open()).value();
    auto second = pool.take(open()).value();
    EXPECT_TRUE(first.is_new());
    EXPECT_EQ(second->number, 2);
  }  // the second is given back first
  const auto again = pool.take(open()).value();
  EXPECT_FALSE(again.is_new());
  EXPECT_EQ(again->number, 1);
  EXPECT_EQ(opened_, 2);
}

TEST_F(ConnectionPoolTest, ABrokenOneAndADeadOneAreReplaced) {
  ConnectionPool<FakeConnection> pool(1, Nanos{0});
  pool.take(open()).value()->is_broken = true;
  EXPECT_EQ(pool.take(open()).value()->number, 2);
  alive_ = false;
  const auto fresh = pool.take(open()).value();
  EXPECT_EQ(fresh->number, 3);
  EXPECT_TRUE(fresh.is_new());
}

TEST_F(ConnectionPoolTest, AWaitEndsWithAnErrorThatSaysWhy) {
  ConnectionPool<FakeConnection> pool(2, std::chrono::milliseconds(10));
  const auto one = pool.take(open()).value();
  const auto two = pool.take(open()).value();
  const auto none = pool.take(open());
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().message, "all 2 connections are in use");
}

TEST_F(ConnectionPoolTest, WhoWaitsGetsTheNextOne) {
  ConnectionPool<FakeConnection> pool(1, Nanos{0});
  auto held = std::make_unique<ConnectionPool<FakeConnection>::Lease>(pool.take(open()).value());
  std::atomic<int> got = 0;
  std::jthread waiter([&] { got = pool.take(open()).value()->number; });
  held.reset();
  waiter.join();
  EXPECT_EQ(got, 1);
}

TEST_F(ConnectionPoolTest, AFailedConnectFreesItsPlace) {
  ConnectionPool<FakeConnection> pool(1, std::chrono::milliseconds(10));
  refuses_ = true;
  EXPECT_EQ(pool.take(open()).error().message, "connection refused");
  EXPECT_EQ(pool.take(open()).error().message, "connection refused");
  refuses_ = false;
  EXPECT_TRUE(pool.take(open()));
}

TEST_F(ConnectionPoolTest, FillOpensAllSoThatNobodyHasToLater) {
  ConnectionPool<FakeConnection> pool(4, Nanos{0});
  ASSERT_TRUE(pool.fill(open()));
  EXPECT_EQ(opened_, 4);
  EXPECT_FALSE(pool.take(open()).value().is_new());
}

TEST_F(ConnectionPoolTest, NeverMoreThanAllowedWithManyThreads) {
  ConnectionPool<FakeConnection> pool(3, Nanos{0});
  std::atomic<int> held = 0;
  std::atomic<int> most = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        for (int k = 0; k < 200; ++k) {
          auto lease = pool.take(open()).value();
          int seen = most;
          const int now = ++held;
          while (now > seen && !most.compare_exchange_weak(seen, now)) {
          }
          lease->is_broken = k % 7 == 0;
          --held;
        }
      });
    }
  }
  EXPECT_LE(most, 3);
  EXPECT_GE(most, 1);
}

}  // namespace
}  // namespace tracetax

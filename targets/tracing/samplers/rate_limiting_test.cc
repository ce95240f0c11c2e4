// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/samplers/rate_limiting.h"

#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <thread>
#include <vector>

#include "targets/tracing/samplers/sampler_testing.h"

namespace tracetax {
namespace {

TEST(RateLimiting, LetsABurstThroughAndThenTheRate) {
  SetClock clock;
  const auto sampler = make_rate_limiting(100, clock.clock());
  // Full at first: 100 at once. A credit comes every 10 ms, so the first second adds 99, for 10 ms
  // to 990 ms; every later one adds 100.
  EXPECT_EQ(kept_in_second(*sampler, clock, 0, 1000), 199);
  for (int second = 1; second < 5; ++second) {
    EXPECT_EQ(kept_in_second(*sampler, clock, second, 1000), 100) << second;
  }
  // After a pause it is full again, and not fuller.
  EXPECT_EQ(kept_in_second(*sampler, clock, 1000, 1000), 199);
}

TEST(RateLimiting, ARateBelowOneHoldsOneCredit) {
  SetClock clock;
  const auto sampler = make_rate_limiting(0.5, clock.clock());
  std::vector<int> kept;
  for (int second = 0; second < 6; ++second) {
    kept.push_back(kept_in_second(*sampler, clock, second, 10));
  }
  EXPECT_EQ(kept, (std::vector<int>{1, 0, 1, 0, 1, 0}));
}

TEST(RateLimiting, NoWindowHasMoreThanItsShareAndOneBucketful) {
  constexpr double kRate = 20;
  SetClock clock;
  const auto sampler = make_rate_limiting(kRate, clock.clock());
  std::mt19937_64 random(3);
  std::exponential_distribution<double> gap(200);
  std::vector<double> kept;
  double now = 0;
  for (int i = 0; i < 20'000; ++i) {
    now += i % 1000 == 0 ? 3.0 : gap(random);  // a pause now and then
    clock.set_seconds(now);
    if (samples(*sampler, {std::nullopt, spread_id(0, 1)})) kept.push_back(now);
  }
  ASSERT_GT(kept.size(), 1000U);
  for (std::size_t from = 0; from < kept.size(); ++from) {
    for (std::size_t to = from; to < std::min(from + 100, kept.size()); ++to) {
      ASSERT_LE(static_cast<double>(to - from + 1), kRate * (kept[to] - kept[from]) + kRate + 1e-3);
    }
  }
}

TEST(RateLimiting, ThreadsTogetherGetWhatOneWouldGet) {
  SetClock clock;  // stands still
  const auto sampler = make_rate_limiting(1000, clock.clock());
  std::atomic<int> kept = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 1000; ++k) {
        kept += samples(*sampler, {std::nullopt, spread_id(0, 1)}) ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(kept, 1000);
}

TEST(EntrySampler, RemoteParentsAreAsRootsAndLocalOnesAreFollowed) {
  SetClock clock;
  const auto sampler = make_rate_limiting(1, clock.clock());
  const TraceId id = spread_id(0, 1);
  TraceContext parent{id, {}, kSampledFlag};
  parent.span_id.bytes[0] = 1;
  EXPECT_TRUE(samples(*sampler, {.parent = parent, .trace_id = id}));
  EXPECT_FALSE(samples(*sampler, {.parent = parent, .trace_id = id}));  // though its flag is set
  EXPECT_TRUE(samples(*sampler, {.parent = parent, .trace_id = id, .parent_is_remote = false}));
  parent.flags = 0;
  clock.set_seconds(10);
  EXPECT_FALSE(samples(*sampler, {.parent = parent, .trace_id = id, .parent_is_remote = false}));
  EXPECT_TRUE(samples(*sampler, {.parent = parent, .trace_id = id}));  // though its flag is not
}

}  // namespace
}  // namespace tracetax

// Against a reference that keeps every value with its time, and at the edges by hand.
// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/metrics/rolling_window.h"

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <utility>
#include <vector>

namespace tracetax {
namespace {

using namespace std::chrono_literals;
using Window = RollingWindow<SumBucket>;

std::vector<std::int64_t> sums(const Window& window, Nanos now,
                               Current current = Current::included) {
  std::vector<std::int64_t> all;
  window.for_each(
      now, [&](const SumBucket& bucket) { all.push_back(bucket.sum); }, current);
  return all;
}

TEST(RollingWindow, GoesFromTheOldestToTheNewestBucket) {
  Window window(3, 10ns, 0ns);
  window.current(5ns).add(1);
  window.current(10ns).add(2);
  window.current(29ns).add(3);
  EXPECT_EQ(sums(window, 29ns), (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_EQ(sums(window, 30ns), (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(sums(window, 49ns), (std::vector<std::int64_t>{3}));
  EXPECT_EQ(sums(window, 50ns), std::vector<std::int64_t>{});
}

TEST(RollingWindow, SkipsTheBucketOfNowOnly) {
  Window window(3, 10ns, 0ns);
  window.current(5ns).add(1);
  window.current(15ns).add(2);
  EXPECT_EQ(sums(window, 15ns, Current::skipped), (std::vector<std::int64_t>{0, 1}));
  EXPECT_EQ(sums(window, 20ns, Current::skipped), (std::vector<std::int64_t>{1, 2}));
}

TEST(RollingWindow, ATimeBeforeTheNewestBucketCountsThere) {
  Window window(3, 10ns, 0ns);
  window.current(25ns).add(1);
  window.current(3ns).add(1);
  EXPECT_EQ(sums(window, 25ns), (std::vector<std::int64_t>{0, 0, 2}));
}

TEST(RollingWindow, TellsWhatExpires) {
  Window window(2, 10ns, 0ns);
  window.current(0ns).add(7);
  window.current(10ns).add(8);
  std::int64_t expired = 0;
  const auto take = [&](const SumBucket& bucket) { expired += bucket.sum; };
  window.current(19ns, take);
  EXPECT_EQ(expired, 0);
  window.current(20ns, take);
  EXPECT_EQ(expired, 7);
  window.current(1000ns, take);
  EXPECT_EQ(expired, 15);
}

TEST(RollingWindow, EqualsAReferenceThatKeepsEverything) {
  std::mt19937 random(1);
  for (const Current current : {Current::included, Current::skipped}) {
    Window window(7, 13ns, 100ns);
    std::vector<std::pair<std::int64_t, std::int64_t>> kept;  // bucket number, value
    Nanos now = 100ns;
    for (int i = 0; i < 20'000; ++i) {
      now += Nanos(random() % 50 == 0 ? random() % 200 : random() % 6);
      const std::int64_t bucket = (now - 100ns).count() / 13;
      if (random() % 2 == 0) {
        const auto value = static_cast<std::int64_t>(random() % 100);
        window.current(now).add(value);
        kept.emplace_back(bucket, value);
      }
      SumBucket expected;
      for (auto it = kept.rbegin(); it != kept.rend() && it->first > bucket - 7; ++it) {
        if (current == Current::included || it->first != bucket) expected.add(it->second);
      }
      SumBucket seen;
      window.for_each(
          now,
          [&](const SumBucket& b) {
            seen.sum += b.sum;
            seen.count += b.count;
          },
          current);
      ASSERT_EQ(seen.sum, expected.sum) << i;
      ASSERT_EQ(seen.count, expected.count) << i;
    }
  }
}

}  // namespace
}  // namespace tracetax

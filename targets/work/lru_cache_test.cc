// What the cache forgets, and how many misses follow.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "targets/work/draws.h"
#include "targets/work/testing.h"

namespace tracetax {
namespace {

TEST(LruCache, ForgetsWhatWasNotAskedForTheLongest) {
  // Three objects of 1 KiB have room.
  const MadeWork cache = made_work("lru_cache", R"({"by": "id", "shards": 1, "capacity": "3KiB",
                                                    "object_least": "1KiB", "object_most": "1KiB"})");
  ASSERT_EQ(cache.mistakes, "");
  for (const char* id : {"a", "b", "c"}) EXPECT_FALSE(cache.run({{"id", id}}));
  EXPECT_TRUE(cache.run({{"id", "a"}}));
  EXPECT_FALSE(cache.run({{"id", "d"}}));  // b goes
  for (const char* id : {"a", "c", "d"}) EXPECT_TRUE(cache.run({{"id", id}}));
  EXPECT_FALSE(cache.run({{"id", "b"}}));
  cache.expect_invariants();
  EXPECT_EQ(cache.work->invariants()[0].saw, "4 hits + 5 misses, 9 lookups");
  EXPECT_EQ(cache.work->invariants()[1].saw, "3 objects with 3072 of 3072 bytes");
}

// Of keys that are equally likely the share of misses is that of the keys without room.
TEST(LruCache, MissesAsManyAsHaveNoRoomAndFromManyThreads) {
  const MadeWork cache = made_work("lru_cache", R"({"by": "id", "shards": 1, "capacity": "90KiB",
                                                    "object_least": "1KiB", "object_most": "1KiB"})");
  constexpr int kThreads = 4, kEach = 5000;
  std::vector<int> misses(kThreads);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        Draws draws(static_cast<std::uint64_t>(t));
        for (int i = 0; i < kEach; ++i)
          misses[static_cast<std::size_t>(t)] +=
              cache.run({{"id", std::to_string(draws.below(100))}}) ? 0 : 1;
      });
    }
  }
  cache.expect_invariants();
  int all = 0;
  for (const int some : misses) all += some;
  EXPECT_NEAR(static_cast<double>(all) / (kThreads * kEach), 0.1, 0.02);
}

TEST(LruCache, KeysSpreadOverShardsAndBigObjectsAreNotKept) {
  const MadeWork cache = made_work(
      "lru_cache",
      R"({"by": "id", "shards": 8, "capacity": "8MiB", "object_least": "1B", "object_most": "1B"})");
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(cache.run({{"id", std::to_string(i)}}));
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(cache.run({{"id", std::to_string(i)}}));
  cache.expect_invariants();
  const MadeWork small = made_work("lru_cache", R"({"by": "id", "shards": 2, "capacity": "1KiB",
                                                    "object_least": "1KiB", "object_most": "1KiB"})");
  EXPECT_FALSE(small.run({{"id", "a"}}));
  EXPECT_FALSE(small.run({{"id", "a"}}));
  small.expect_invariants();
}

TEST(LruCache, SaysWhatIsWrong) {
  EXPECT_NE(made_work("lru_cache", "{}").mistakes.find("'by' is missing"), std::string::npos);
  EXPECT_NE(made_work("lru_cache", R"({"by": "id", "object_least": "2KiB", "object_most": "1KiB"})")
                .mistakes.find("object_least: must be from 1 byte to object_most"),
            std::string::npos);
  EXPECT_NE(made_work("lru_cache", R"({"by": "id", "shard": 2})").mistakes.find("'shards'"),
            std::string::npos);
}

}  // namespace
}  // namespace tracetax

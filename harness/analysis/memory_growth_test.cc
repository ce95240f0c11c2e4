// Memory that grows, that stands still, that fills up at first, and that jumps once.
// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/memory_growth.h"

#include <gtest/gtest.h>

#include "harness/core/testing.h"

namespace tracetax {
namespace {

/// 12 ticks of a quarter of a second.
void give_memory(SegmentRecord& segment, double (*bytes_at)(int tick)) {
  segment.series = {};
  segment.series.tick_s = 0.25;
  for (int tick = 0; tick < 12; ++tick) {
    SeriesTick one;
    one.at_s = 0.25 * tick;
    one.rss_bytes = static_cast<std::uint64_t>(bytes_at(tick));
    segment.series.ticks.push_back(one);
  }
}

TEST(MemoryGrowth, SlopeOfASegment) {
  SegmentRecord segment;
  EXPECT_FALSE(memory_slope(segment));
  give_memory(segment, [](int tick) { return 20e6 + 1e6 * tick; });
  EXPECT_DOUBLE_EQ(*memory_slope(segment), 4e6);  // 1 MB in a quarter of a second
  give_memory(segment, [](int tick) { return tick < 3 ? 20e6 + 5e6 * tick : 35e6; });
  EXPECT_DOUBLE_EQ(*memory_slope(segment), 0) << "pools that fill up in the first quarter";
  give_memory(segment, [](int tick) { return tick < 10 ? 20e6 : 28e6; });
  EXPECT_DOUBLE_EQ(*memory_slope(segment), 0) << "one step of the allocator";
  segment.series.ticks[5].rss_bytes.reset();
  EXPECT_FALSE(memory_slope(segment));
}

TEST(MemoryGrowth, OfAnArmIsWhatItGrowsByBeyondOff) {
  RunResult result = testing::test_run(testing::test_suite(6), [](SegmentRecord& segment) {
    segment.achieved_rate = 1000;
    if (segment.arm == "on@100%")
      give_memory(segment, [](int tick) { return 20e6 + 1.1e6 * tick; });
    else
      give_memory(segment, [](int tick) { return 20e6 + 0.1e6 * tick; });
  });
  int seen = 0;
  for (const MemoryGrowth& growth : memory_growth(result)) {
    const std::string& arm = result.suite.arms[static_cast<std::size_t>(growth.arm)].name;
    if (arm == "on@100%") {
      ++seen;
      EXPECT_NEAR(growth.mb_per_min, 240, 1e-6);
      EXPECT_NEAR(growth.bytes_per_request, 4000, 1e-6);
      EXPECT_TRUE(growth.shows());
      EXPECT_NE(growth_sentence(result, growth).find("on@100% grows under load by 240 MB/min"),
                std::string::npos);
    } else {
      EXPECT_FALSE(growth.shows()) << arm;
    }
  }
  EXPECT_GT(seen, 0);
}

TEST(MemoryGrowth, AQueueThatFillsUpIsNoLeak) {
  const RunResult result = testing::test_run(testing::test_suite(6), [](SegmentRecord& segment) {
    give_memory(segment, [](int tick) { return 20e6 + 0 * tick; });
    if (segment.arm == "on@100%")
      give_memory(segment, [](int tick) { return 20e6 + 0.3e6 * tick; });
  });
  for (const MemoryGrowth& growth : memory_growth(result)) {
    // 72 MB/min, but 2.7 MB in the 2.25 s that were watched.
    if (growth.arm == 4) {
      EXPECT_NEAR(growth.mb_per_min, 72, 1e-6);
    }
    EXPECT_FALSE(growth.shows());
  }
}

TEST(MemoryGrowth, OneBlockOfThreeThatStandsStillSaysNothing) {
  int on = 0;
  const auto fill = [&on](SegmentRecord& segment) {
    const bool grows =
        segment.arm == "on@100%" && segment.spec.kind == SegmentKind::open && ++on != 2;
    if (grows)
      give_memory(segment, [](int tick) { return 20e6 + 1e6 * tick; });
    else
      give_memory(segment, [](int) { return 20e6; });
  };
  const RunResult result = testing::test_run(testing::test_suite(3), fill);
  for (const MemoryGrowth& growth : memory_growth(result)) EXPECT_FALSE(growth.shows());
}

}  // namespace
}  // namespace tracetax

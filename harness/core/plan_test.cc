// SPDX-License-Identifier: Apache-2.0
#include "harness/core/plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <vector>

namespace tracetax {
namespace {

Suite suite_of(int arms, int blocks) {
  Suite suite;
  suite.targets.resize(1);
  suite.scenarios.resize(1);
  suite.arms.resize(static_cast<std::size_t>(arms));
  suite.design.blocks = blocks;
  return suite;
}

Suite full_suite() {
  Suite suite = suite_of(5, 10);
  suite.targets.resize(2);
  suite.scenarios.resize(3);
  suite.design.capacity = std::chrono::milliseconds{500};
  return suite;
}

auto fields(const SegmentSpec& s) {
  return std::tuple(s.cell, s.block, s.position, s.arm, s.kind, s.arrival_seed, s.id_seed,
                    s.environment_pad, s.slices);
}

bool same_segments(const Plan& left, const Plan& right) {
  return std::ranges::equal(left.segments, right.segments,
                            [](const auto& a, const auto& b) { return fields(a) == fields(b); });
}

std::vector<int> order_of(const Plan& plan, int cell, int block, SegmentKind kind) {
  std::vector<int> order;
  for (const SegmentSpec& segment : plan.segments) {
    if (segment.cell == cell && segment.block == block && segment.kind == kind)
      order.push_back(segment.arm);
  }
  return order;
}

TEST(Plan, OfAClosedLoopThereIsTheCapacityAlone) {
  Suite suite = suite_of(2, 3);
  suite.load.closed = true;
  suite.design.capacity = std::chrono::milliseconds{500};
  const Plan plan = make_plan(suite, 7);
  ASSERT_EQ(plan.segments.size(), 6U);
  for (std::size_t i = 0; i < plan.segments.size(); ++i) {
    EXPECT_EQ(plan.segments[i].kind, SegmentKind::capacity);
    EXPECT_EQ(plan.segments[i].position, static_cast<int>(i % 2));
  }
}

TEST(Plan, CellsAreTargetsTimesScenarios) {
  const Plan plan = make_plan(full_suite(), 1);
  ASSERT_EQ(plan.cells.size(), 6U);
  EXPECT_EQ(plan.cells[1].target, 0);
  EXPECT_EQ(plan.cells[1].scenario, 1);
  EXPECT_EQ(plan.cells[3].target, 1);
  EXPECT_EQ(plan.cells[3].scenario, 0);
}

TEST(Plan, AScenarioIsOnlyForTheTargetsItNames) {
  Suite suite = full_suite();
  suite.targets[0].name = "one";
  suite.targets[1].name = "two";
  suite.scenarios[0].targets = {"two"};
  const Plan plan = make_plan(suite, 1);
  ASSERT_EQ(plan.cells.size(), 5U);
  EXPECT_EQ(plan.cells[0].target, 0);
  EXPECT_EQ(plan.cells[0].scenario, 1);
}

TEST(Plan, SpareBlocksComeAfterTheOthersAndChangeNoneOfThem) {
  const Plan without = make_plan(full_suite(), 7), with = make_plan(full_suite(), 7, 4);
  EXPECT_TRUE(same_segments(without, with));
  EXPECT_TRUE(without.spares.empty());
  ASSERT_EQ(with.spares.size(), 6U * 4 * 5 * 2);
  std::set<std::uint64_t> ids;
  for (const auto& segments : {with.segments, with.spares}) {
    for (const SegmentSpec& segment : segments) ids.insert(segment.id_seed);
  }
  EXPECT_EQ(ids.size(), with.segments.size() + with.spares.size());
  EXPECT_EQ(with.spares.front().block, 10);
  EXPECT_EQ(with.spares.back().block, 13);
}

TEST(Plan, EveryArmOncePerBlockAndKind) {
  const Plan plan = make_plan(full_suite(), 1);
  EXPECT_EQ(plan.segments.size(), 6U * 10 * 5 * 2);
  std::map<std::tuple<int, int, SegmentKind, int>, int> seen;
  for (const SegmentSpec& segment : plan.segments)
    ++seen[{segment.cell, segment.block, segment.kind, segment.arm}];
  EXPECT_EQ(seen.size(), plan.segments.size());
  EXPECT_TRUE(
      std::ranges::all_of(plan.segments, [](const auto& s) { return s.arm >= 0 && s.arm < 5; }));
}

TEST(Plan, EveryBlockHoldsAllCellsAndPositionsCountThrough) {
  const Plan plan = make_plan(full_suite(), 1);
  for (std::size_t i = 0; i < plan.segments.size(); ++i) {
    const SegmentSpec& segment = plan.segments[i];
    ASSERT_EQ(segment.block, static_cast<int>(i / 60));
    ASSERT_EQ(segment.cell, plan.segments[i / 10 * 10].cell);
    ASSERT_EQ(segment.position, static_cast<int>(i % 10));
    ASSERT_EQ(segment.kind, i % 10 < 5 ? SegmentKind::open : SegmentKind::capacity);
  }
}

TEST(Plan, TheOrderOfTheCellsIsFreshInEveryBlock) {
  const Plan plan = make_plan(full_suite(), 1);
  std::set<std::vector<int>> orders;
  for (std::size_t block = 0; block < 10; ++block) {
    std::vector<int> order;
    for (std::size_t cell = 0; cell < 6; ++cell)
      order.push_back(plan.segments[60 * block + 10 * cell].cell);
    orders.insert(order);
    std::ranges::sort(order);
    EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4, 5}));
  }
  EXPECT_GT(orders.size(), 7U);
}

TEST(Plan, EachLoadLevelIsACellAndFullSpeedIsMeasuredOnce) {
  Suite suite = full_suite();
  suite.targets.resize(1);
  suite.scenarios.resize(1);
  suite.load.levels = {CapacityShare{0.2}, CapacityShare{0.8}, 500.0};
  const Plan plan = make_plan(suite, 1);
  ASSERT_EQ(plan.cells.size(), 3U);
  EXPECT_EQ(plan.cells[2].level, 2);
  EXPECT_EQ(plan.segments.size(), 10U * 5 * (3 + 1));
  EXPECT_TRUE(std::ranges::all_of(plan.segments, [](const SegmentSpec& segment) {
    return segment.kind == SegmentKind::open || segment.cell == 0;
  }));
}

TEST(Plan, CapacitySegmentsOnlyWhenAsked) {
  Suite suite = full_suite();
  suite.design.capacity.reset();
  const Plan plan = make_plan(suite, 1);
  EXPECT_EQ(plan.segments.size(), 6U * 10 * 5);
  EXPECT_TRUE(std::ranges::all_of(plan.segments,
                                  [](const auto& s) { return s.kind == SegmentKind::open; }));
}

TEST(Plan, AskingForCapacityDoesNotChangeTheOpenOrder) {
  Suite suite = full_suite();
  const Plan with = make_plan(suite, 7);
  suite.design.capacity.reset();
  const Plan without = make_plan(suite, 7);
  EXPECT_EQ(order_of(with, 3, 4, SegmentKind::open), order_of(without, 3, 4, SegmentKind::open));
}

TEST(Plan, TheSameSeedGivesTheSamePlanAndAnotherSeedAnother) {
  EXPECT_TRUE(same_segments(make_plan(full_suite(), 5), make_plan(full_suite(), 5)));
  EXPECT_FALSE(same_segments(make_plan(full_suite(), 5), make_plan(full_suite(), 6)));
  EXPECT_EQ(make_plan(full_suite(), 5).seed, 5U);
}

// The order is a promise to whoever repeats a run by its seed. Values from a Python program that
// does the same with unbounded integers.
TEST(Plan, TheOrderOfASeedStaysWhatItWas) {
  const Plan plan = make_plan(suite_of(5, 2), 1);
  EXPECT_EQ(order_of(plan, 0, 0, SegmentKind::open), (std::vector{2, 1, 4, 3, 0}));
  EXPECT_EQ(order_of(plan, 0, 1, SegmentKind::open), (std::vector{3, 2, 0, 4, 1}));
}

// Chi-square over the 24 orders of 4 arms, 23 degrees of freedom: below 60 but for 1 in 30,000
// cases, and the seeds are fixed. Block 0 over many seeds, and many blocks of one seed.
double chi_square(const std::map<std::vector<int>, int>& counts, int total) {
  double sum = 0;
  for (const auto& [order, count] : counts) {
    const double expected = total / 24.0;
    sum += (count - expected) * (count - expected) / expected;
  }
  return sum;
}

TEST(Plan, EveryOrderIsEquallyLikelyOverSeeds) {
  constexpr int kSeeds = 12'000;
  std::map<std::vector<int>, int> counts;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    ++counts[order_of(make_plan(suite_of(4, 1), seed), 0, 0, SegmentKind::open)];
  }
  ASSERT_EQ(counts.size(), 24U);
  EXPECT_LT(chi_square(counts, kSeeds), 60);
}

TEST(Plan, EveryOrderIsEquallyLikelyOverBlocks) {
  constexpr int kBlocks = 12'000;
  const Plan plan = make_plan(suite_of(4, kBlocks), 3);
  std::map<std::vector<int>, int> counts;
  for (std::size_t i = 0; i < plan.segments.size(); i += 4) {
    ++counts[{plan.segments[i].arm, plan.segments[i + 1].arm, plan.segments[i + 2].arm,
              plan.segments[i + 3].arm}];
  }
  ASSERT_EQ(counts.size(), 24U);
  EXPECT_LT(chi_square(counts, kBlocks), 60);
}

TEST(Plan, TheKindsAreShuffledApart) {
  const Plan plan = make_plan(full_suite(), 1);
  int same = 0;
  for (int block = 0; block < 10; ++block) {
    same += order_of(plan, 0, block, SegmentKind::open) ==
                    order_of(plan, 0, block, SegmentKind::capacity)
                ? 1
                : 0;
  }
  EXPECT_LE(same, 1);
}

TEST(Plan, ArrivalsAreTheSameForAllArmsOfABlockCellAndKindAndElseDiffer) {
  const Plan plan = make_plan(full_suite(), 1);
  std::map<std::tuple<int, int, SegmentKind>, std::set<std::uint64_t>> seeds;
  std::set<std::uint64_t> all;
  for (const SegmentSpec& segment : plan.segments) {
    seeds[{segment.cell, segment.block, segment.kind}].insert(segment.arrival_seed);
    all.insert(segment.arrival_seed);
  }
  for (const auto& [place, of_place] : seeds) EXPECT_EQ(of_place.size(), 1U);
  EXPECT_EQ(all.size(), seeds.size());
}

TEST(Plan, NoTwoSegmentsShareIds) {
  const Plan plan = make_plan(full_suite(), 1);
  std::set<std::uint64_t> seeds;
  for (const SegmentSpec& segment : plan.segments) seeds.insert(segment.id_seed);
  EXPECT_EQ(seeds.size(), plan.segments.size());
}

TEST(Plan, EnvironmentPadsSpreadOverAPage) {
  const Plan plan = make_plan(full_suite(), 1);
  double sum = 0;
  for (const SegmentSpec& segment : plan.segments) {
    ASSERT_GE(segment.environment_pad, 0);
    ASSERT_LT(segment.environment_pad, 4096);
    sum += segment.environment_pad;
  }
  EXPECT_NEAR(sum / static_cast<double>(plan.segments.size()), 2048, 6 * 1182 / 24.5);
}

TEST(SegmentKind, HasAName) {
  EXPECT_EQ(name_of(SegmentKind::open), "open");
  EXPECT_EQ(name_of(SegmentKind::capacity), "capacity");
}

TEST(Plan, OpenSegmentsAreInSlicesAndCapacityIsInOnePiece) {
  Suite suite = full_suite();
  suite.design.measure = std::chrono::seconds{1};
  suite.design.slice = std::chrono::milliseconds{100};
  for (const SegmentSpec& segment : make_plan(suite, 1).segments) {
    EXPECT_EQ(segment.slices, segment.kind == SegmentKind::open ? 10 : 1);
  }
  for (const SegmentSpec& segment : make_plan(full_suite(), 1).segments)
    EXPECT_EQ(segment.slices, 1);
}

TEST(SliceOrder, EveryRoundIsAnOrderOfAllAndIsRepeatable) {
  for (int round = 0; round < 50; ++round) {
    std::vector<int> order = slice_order(5, 42, round);
    EXPECT_EQ(order, slice_order(5, 42, round));
    std::ranges::sort(order);
    EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
  }
  EXPECT_EQ(slice_order(1, 42, 0), std::vector<int>{0});
}

/// In 6,000 rounds of three each of the six orders comes 1,000 times; 4.5 standard deviations are
/// 130.
TEST(SliceOrder, AllOrdersAreEquallyLikely) {
  std::map<std::vector<int>, int> seen;
  for (int round = 0; round < 6'000; ++round) ++seen[slice_order(3, 7, round)];
  ASSERT_EQ(seen.size(), 6U);
  for (const auto& [order, times] : seen) EXPECT_NEAR(times, 1'000, 130);
}

TEST(SliceOrder, DependsOnTheSeed) {
  int same = 0;
  for (int round = 0; round < 100; ++round)
    same += slice_order(5, 1, round) == slice_order(5, 2, round) ? 1 : 0;
  EXPECT_LT(same, 10);  // 1 in 120 by chance
}

}  // namespace
}  // namespace tracetax

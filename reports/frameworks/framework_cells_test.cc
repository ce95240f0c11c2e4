// SPDX-License-Identifier: Apache-2.0
#include "reports/frameworks/framework_cells.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

constexpr Language kEn = Language::english, kZh = Language::chinese;

Level level(double value, double low, double high) {
  return {.blocks = 10, .measured = 10, .value = value, .interval = Interval{low, high, 0.951}};
}

TEST(LevelCell, HasItsIntervalInTheSameUnit) {
  EXPECT_EQ(level_cell(Metric::capacity, level(30'123, 29'480, 30'610), kEn),
            "30.1 k/s [29.5, 30.6]");
  EXPECT_EQ(level_cell(Metric::cpu_per_request, level(18.13, 17.9, 18.3), kEn),
            "18.1 us [17.9, 18.3]");
  EXPECT_EQ(level_cell(Metric::response_p99, level(1.5e6, 0.9e6, 2.5e6), kEn), "1.5 ms [0.9, 2.5]");
  EXPECT_EQ(level_cell(Metric::rss_peak, level(12e6, 11.9e6, 12.2e6), kEn),
            "11.44 MiB [11.35, 11.63]");
  EXPECT_EQ(level_cell(Metric::cpu_per_request, level(0.8, 0.7, 0.9), kZh), "800 ns [700, 900]");
}

TEST(LevelCell, WithoutIntervalSaysHowManyBlocksThereAre) {
  Level few{.blocks = 3, .measured = 4, .value = 18.13, .interval = {}};
  EXPECT_EQ(level_cell(Metric::cpu_per_request, few, kEn), "18.1 us (3 of 4)");
}

TEST(LevelCell, NotMeasuredAndVoidAreToldApart) {
  EXPECT_EQ(level_cell(Metric::capacity, {}, kEn), "not measured");
  const Level none{.blocks = 0, .measured = 4, .value = {}, .interval = {}};
  EXPECT_EQ(level_cell(Metric::capacity, none, kEn), "void (0 of 4)");
  EXPECT_EQ(level_cell(Metric::capacity, none, kZh), "无效（4 个区组）");
}

TEST(ChangeCell, WithinNoiseIsMarked) {
  Comparison change;
  change.word = Word::within_noise;
  change.estimate_pct = -0.3;
  change.interval_pct = Interval{-1.24, 0.8, 0.951};
  EXPECT_EQ(change_cell(&change, kEn), "~ -0.3 % [-1.2, +0.8]");
  change.word = Word::higher;
  change.estimate_pct = 31.2;
  change.interval_pct = Interval{28.4, 34.1, 0.951};
  EXPECT_EQ(change_cell(&change, kEn), "+31 % [+28, +34]");
  EXPECT_EQ(value_in(change_cell(&change, kEn)), "+31 %");
  EXPECT_EQ(interval_in(change_cell(&change, kEn)), "[+28, +34]");
}

TEST(ChangeCell, WithoutANumberItSaysWhy) {
  Comparison change;  // void
  EXPECT_EQ(change_cell(&change, kEn), "not measured");
  change.blocks_void = 2;
  EXPECT_EQ(change_cell(&change, kEn), "void (0 of 2)");
  change.blocks = 4;
  change.blocks_lacking = 3;
  EXPECT_EQ(change_cell(&change, kEn), "too few blocks (4 of 9)");
  EXPECT_EQ(interval_in(change_cell(&change, kEn)), "");
  EXPECT_EQ(change_cell(nullptr, kEn), "not measured");
}

TEST(AmountCell, AnIntervalThatHolds0IsMarked) {
  EXPECT_EQ(amount_cell(12, {10.3, 13.5, 0.95}), "12.0 us [10.3, 13.5]");
  EXPECT_EQ(amount_cell(5, {-2, 16, 0.95}), "~ 5 us [-2, 16]");
}

TEST(RankCell, IsARangeWhereItMustBe) {
  EXPECT_EQ(rank_cell(RankRange{2, 2}, kEn), "2");
  EXPECT_EQ(rank_cell(RankRange{1, 3}, kEn), "1-3");
  EXPECT_EQ(rank_cell(std::nullopt, kEn), "none");
}

}  // namespace
}  // namespace tracetax

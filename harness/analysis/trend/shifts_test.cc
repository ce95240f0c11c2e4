// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/trend/shifts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>

#include "harness/analysis/trend/history_testing.h"

namespace tracetax {
namespace {

using testing::made_history;

constexpr Metric kCpu = Metric::cpu_per_request;

const HistorySeries& find(const std::vector<SuiteHistory>& histories, Metric metric,
                          const std::string& arm) {
  for (const HistorySeries& series : histories.at(0).series) {
    if (series.metric == metric && series.arm == arm) return series;
  }
  throw std::out_of_range(arm);
}

TEST(Shifts, AStepIsFoundWhereItIs) {
  auto histories = made_history({.results = 60, .step = 1.10, .from = 40});
  const ShiftSearch search = find_shifts(histories);
  EXPECT_EQ(search.tested, 6);
  const HistorySeries& cpu = find(histories, kCpu, "on@100%");
  ASSERT_EQ(cpu.shifts.size(), 1U);
  const Shift& shift = cpu.shifts[0];
  EXPECT_EQ(shift.from, 40U);
  EXPECT_EQ(shift.since, 0U);
  EXPECT_EQ(shift.until, 59U);
  EXPECT_EQ(shift.before, 40);
  EXPECT_EQ(shift.after, 20);
  EXPECT_NEAR(shift.change_pct, 10, 2);
  EXPECT_LT(shift.interval_pct.low, 10);
  EXPECT_GT(shift.interval_pct.high, 10);
  EXPECT_NEAR(shift.before_pct, 30, 2);
  EXPECT_NEAR(shift.after_pct, 43, 2);
  EXPECT_LE(shift.p, search.limit);
  EXPECT_TRUE(shift.for_the_worse);
  EXPECT_FALSE(shift.machine_changed);
  EXPECT_TRUE(find(histories, Metric::response_p50, "on@100%").shifts.empty());
  EXPECT_TRUE(search.warnings.empty());
}

TEST(Shifts, OneThatIsUndoneIsTwo) {
  auto histories = made_history({.results = 60, .step = 1.10, .from = 25, .until = 35});
  find_shifts(histories);
  const HistorySeries& cpu = find(histories, kCpu, "on@100%");
  ASSERT_EQ(cpu.shifts.size(), 2U);
  EXPECT_EQ(cpu.shifts[0].from, 25U);
  EXPECT_EQ(cpu.shifts[1].from, 35U);
  EXPECT_FALSE(cpu.shifts[1].for_the_worse);
}

TEST(Shifts, AnotherFormOfTheSuiteIsNoShift) {
  auto runs = testing::made_runs({.results = 60, .step = 1.10, .from = 30});
  for (std::size_t i = 30; i < 60; ++i) runs[i].suite_digest = "other";
  auto histories = make_histories(std::move(runs), 100);
  const ShiftSearch search = find_shifts(histories);
  EXPECT_EQ(search.tested, 12);
  EXPECT_TRUE(find(histories, kCpu, "on@100%").shifts.empty());
}

TEST(Shifts, AMachineThatChangesThereIsSaid) {
  auto runs = testing::made_runs({.results = 40, .step = 1.10, .from = 20});
  for (std::size_t i = 20; i < 40; ++i) runs[i].fingerprint = "another";
  auto histories = make_histories(std::move(runs), 100);
  find_shifts(histories);
  ASSERT_EQ(find(histories, kCpu, "on@100%").shifts.size(), 1U);
  EXPECT_TRUE(find(histories, kCpu, "on@100%").shifts[0].machine_changed);
}

TEST(Shifts, AControlThatMovesIsAWarning) {
  auto runs = testing::made_runs({.results = 40});
  for (std::size_t i = 20; i < 40; ++i) {
    for (HistoryValue& value : runs[i].values) {
      if (value.control && value.metric == kCpu) value.overhead.pct = *value.overhead.pct + 12;
    }
  }
  auto histories = make_histories(std::move(runs), 100);
  const ShiftSearch search = find_shifts(histories);
  ASSERT_EQ(search.warnings.size(), 1U);
  EXPECT_NE(search.warnings[0].find("off2"), std::string::npos) << search.warnings[0];
}

TEST(Shifts, OnlyARecentOneForTheWorseBeyondTheMarginFails) {
  auto histories = made_history({.results = 60, .step = 1.10, .from = 50});
  find_shifts(histories);
  const HistorySeries& cpu = find(histories, kCpu, "on@100%");
  ASSERT_EQ(cpu.shifts.size(), 1U);
  const std::size_t ago = 60 - cpu.shifts[0].from;
  EXPECT_NEAR(static_cast<double>(ago), 10, 2);
  EXPECT_EQ(recent_worse(histories[0], cpu, ago, {}), &cpu.shifts[0]);
  EXPECT_EQ(recent_worse(histories[0], cpu, ago - 1, {}), nullptr);
  EXPECT_EQ(recent_worse(histories[0], cpu, ago, {{{kCpu, 15.0}}}), nullptr);
  histories = made_history({.results = 60, .step = 0.90, .from = 50});
  find_shifts(histories);
  EXPECT_EQ(recent_worse(histories[0], find(histories, kCpu, "on@100%"), 60, {}), nullptr);
}

/// In how many of 100 histories any arm has a shift; or, with `at`, one of CPU per request begins
/// within two results of it.
int found_in_100(testing::MadeHistory what, std::optional<int> at = std::nullopt) {
  int count = 0;
  for (int i = 0; i < 100; ++i, ++what.seed) {
    auto histories = made_history(what);
    find_shifts(histories);
    const auto counts = [&](const HistorySeries& series) {
      if (series.control || (at && series.metric != kCpu)) return false;
      return std::ranges::any_of(series.shifts, [&](const Shift& shift) {
        return !at || std::abs(static_cast<int>(shift.from) - *at) <= 2;
      });
    };
    count += std::ranges::any_of(histories[0].series, counts) ? 1 : 0;
  }
  return count;
}

// The noise is that of history_testing.h: 2 % from night to night, heavy tails, bad nights. 1 % of
// quiet histories may have an alarm, and 1 of these has one; more than 4 of 100 would come by
// chance in one of 270 such tests.
TEST(ShiftRates, AHundredQuietHistoriesOfSixtyResults) {
  EXPECT_LE(found_in_100({.results = 60, .seed = 1000}), 4);
}

// A step of 10 % of the ratio (an overhead of 30 % becomes 43 %) is found in all of 100 histories
// when 20 of 60 results are after it, and in 3 of 4 when only 3 are.
TEST(ShiftRates, AStepOfTenPercentIsFound) {
  EXPECT_GE(found_in_100({.results = 60, .step = 1.1, .from = 40, .seed = 1}, 40), 99);
  EXPECT_GE(found_in_100({.results = 60, .step = 1.1, .from = 57, .seed = 1}, 57), 65);
}

// Noise that grows fourfold is a change, and no shift: it has an alarm in 3 of 100.
TEST(ShiftRates, NoiseThatGrowsIsNoShift) {
  EXPECT_LE(found_in_100({.results = 60, .noise_end = 4, .seed = 1}), 6);
}

}  // namespace
}  // namespace tracetax

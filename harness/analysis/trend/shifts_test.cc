// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/trend/shifts.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

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

int alarms(const testing::MadeHistory& what, int histories) {
  int count = 0;
  for (int i = 0; i < histories; ++i) {
    testing::MadeHistory one = what;
    one.seed = what.seed + static_cast<unsigned>(i);
    auto made = made_history(one);
    find_shifts(made);
    for (const HistorySeries& series : made[0].series) {
      if (!series.control && !series.shifts.empty()) {
        ++count;
        break;
      }
    }
  }
  return count;
}

TEST(ShiftRates, Print) {
  const auto show = [](const char* what, const testing::MadeHistory& made) {
    printf("%-40s %d of 100\n", what, alarms(made, 100));
    fflush(stdout);
  };
  for (const double noise : {0.02, 0.03, 0.05}) {
    printf("noise %g\n", noise);
    show("quiet", {.results = 60, .noise = noise, .seed = 1000});
    show("step 10 from 30", {.results = 60, .step = 1.1, .from = 30, .noise = noise, .seed = 1});
    show("step 10 from 50", {.results = 60, .step = 1.1, .from = 50, .noise = noise, .seed = 1});
    show("step 10 from 55", {.results = 60, .step = 1.1, .from = 55, .noise = noise, .seed = 1});
    show("step 10 from 57", {.results = 60, .step = 1.1, .from = 57, .noise = noise, .seed = 1});
    show("step 3 from 30", {.results = 60, .step = 1.03, .from = 30, .noise = noise, .seed = 1});
    show("noise grows to 4 times", {.results = 60, .noise = noise, .noise_end = 4, .seed = 1});
    show("rho 0.3", {.results = 60, .noise = noise, .dependence = 0.3, .seed = 1});
    show("rho 0.6", {.results = 60, .noise = noise, .dependence = 0.6, .seed = 1});
    show("drift 5 %", {.results = 60, .noise = noise, .drift = 0.05, .seed = 1});
  }
}

}  // namespace
}  // namespace tracetax

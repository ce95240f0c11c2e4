// The bytes of one small page of each kind, and what a history says in text and Markdown.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "harness/analysis/trend/history_testing.h"
#include "reports/golden.h"
#include "reports/several/compare_page.h"
#include "reports/several/trend_views.h"

namespace tracetax {
namespace {

struct MadeTrend {
  std::vector<SuiteHistory> histories;
  ShiftSearch search;

  explicit MadeTrend(std::vector<HistoryRun> runs)
      : histories(make_histories(std::move(runs), 100)), search(find_shifts(histories)) {}
  [[nodiscard]] TrendView view() const {
    return {.histories = histories,
            .search = search,
            .skipped = {"'x/result.json': is cut off at byte 5"},
            .width = 100};
  }
};

std::vector<HistoryRun> twenty_runs() {
  auto runs = testing::made_runs({.results = 20, .step = 1.1, .from = 12});
  for (HistoryRun& run : runs) {
    std::erase_if(run.values,
                  [](const HistoryValue& value) { return value.metric == Metric::rss_peak; });
  }
  for (std::size_t i = 15; i < 20; ++i) runs[i].fingerprint = "another";
  for (std::size_t i = 0; i < 2; ++i) runs[i].suite_digest = "older";
  for (const std::size_t i : {4U, 19U}) {
    runs[i].values[5].overhead = RunOverhead();
    runs[i].values[5].overhead.why_void = "3 of 10 blocks can be used, 6 are needed";
  }
  return runs;
}

TEST(Several, ATrendIsTheSameBytes) {
  const MadeTrend made(twenty_runs());
  testing::expect_golden("trend.txt", write_trend_text(made.view()));
  testing::expect_golden("trend.md", write_trend_markdown(made.view()));
  testing::expect_golden("trend.html", write_trend_html(made.view()));
}

TEST(Several, WhatANameHoldsIsEscaped) {
  auto runs = testing::made_runs({.results = 3});
  for (HistoryRun& run : runs) {
    run.label = run.suite = run.machine = run.file = "<script>|";
    for (HistoryValue& value : run.values) value.cell = value.arm = "<script>|";
  }
  const MadeTrend made(std::move(runs));
  const std::string page = write_trend_html(made.view());
  EXPECT_EQ(page.find("<script>|"), std::string::npos);
  EXPECT_EQ(page.find("nan"), std::string::npos);
  EXPECT_EQ(write_trend_markdown(made.view()).find("<script>"), std::string::npos);
}

TEST(Several, AComparisonIsTheSameBytes) {
  const auto run = [](double share, double slower) {
    Suite suite = testing::test_suite(7);
    suite.arms.erase(suite.arms.begin() + 2);
    return testing::sample_run(suite, [=](SegmentRecord& segment) {
      const double wobble = 1 + 0.003 * ((segment.spec.block * 5 + segment.spec.arm * 3) % 7);
      testing::set_cpu_us(segment, 20 * wobble * (segment.arm == "on@100%" ? share : 1));
      RequestTimes times;
      for (int i = 0; i < 400; ++i)
        times.response_unsampled.record(
            static_cast<std::int64_t>(slower * (300'000 + 1'000.0 * (i * 37 % 400))));
      segment.times = std::move(times);
    });
  };
  const RunResult before = run(1.2, 1);
  RunResult after = run(1.4, 1.1);
  after.machine.fingerprint_sha256 = std::string(64, 'b');
  const std::string page =
      write_comparison_html(compare_runs(before, after, {}), {.before = {"old.json", &before},
                                                              .after = {"new.json", &after},
                                                              .forced = true,
                                                              .width = 100});
  testing::expect_golden("compare.html", page);
}

}  // namespace
}  // namespace tracetax

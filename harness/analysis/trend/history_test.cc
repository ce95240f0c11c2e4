// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/trend/history.h"

#include <gtest/gtest.h>

#include "harness/analysis/pairs/testing.h"
#include "harness/core/testing.h"

namespace tracetax {
namespace {

RunResult run_of(const std::string& id, const std::string& started_at) {
  RunResult result = testing::test_run(testing::test_suite(8), [](SegmentRecord& segment) {
    if (segment.arm == "on@1%" && segment.spec.block == 2)
      testing::make_void(segment, VoidRule::receipt_open, "5 spans are missing");
  });
  result.run_id = id;
  result.started_at = started_at;
  result.suite.digest_sha256 = "digest";
  result.machine.fingerprint_sha256 = "machine";
  return result;
}

TEST(History, ByTimeAndEachRunOnce) {
  std::vector<HistoryRun> runs;
  for (const auto& [id, at] : {std::pair{"b", "2026-11-02T02:00:00.000Z"},
                               {"a", "2026-11-01T02:00:00.000Z"},
                               {"b", "2026-11-02T02:00:00.000Z"}}) {
    runs.push_back(history_run(run_of(id, at), id));
  }
  runs[0].fingerprint = "another";
  const auto histories = make_histories(std::move(runs), 100);
  ASSERT_EQ(histories.size(), 1U);
  const SuiteHistory& history = histories[0];
  ASSERT_EQ(history.runs.size(), 2U);
  EXPECT_EQ(history.runs[0].file, "a");
  EXPECT_EQ(history.machines, (std::vector<int>{1, 2}));
  EXPECT_EQ(history.forms, (std::vector<int>{1, 1}));
}

TEST(History, WhatLostSpansHasNoNumber) {
  const auto histories = make_histories({history_run(run_of("a", "2026-11-01"), "a")}, 100);
  const HistorySeries* lost = nullptr;
  const HistorySeries* kept = nullptr;
  for (const HistorySeries& series : histories.at(0).series) {
    if (series.metric != Metric::cpu_per_request) continue;
    (series.arm == "on@1%" ? lost : kept) = &series;
    EXPECT_NE(series.arm, "off");
    EXPECT_EQ(series.control, series.arm == "off2");
  }
  ASSERT_TRUE(lost && kept);
  EXPECT_FALSE(lost->points.at(0)->pct);
  EXPECT_NE(lost->points.at(0)->why_void.find("5 spans are missing"), std::string::npos);
  EXPECT_NEAR(kept->points.at(0)->pct.value(), 28, 0.1);  // on@100%: 25.6 us on 20 us
}

}  // namespace
}  // namespace tracetax

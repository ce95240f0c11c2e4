// What is told of the traces of a run: a line where all is well, a table where it is not.
// SPDX-License-Identifier: Apache-2.0
#include "reports/tables/quality_table.h"

#include <gtest/gtest.h>

#include "reports/testing.h"

namespace tracetax {
namespace {

using testing::Shape;

/// Of ten whole traces of three spans in every segment that traces; then `shape`.
RunResult run_with(const std::function<void(SegmentRecord&)>& shape) {
  return testing::sample_run(testing::test_suite(6), [&](SegmentRecord& segment) {
    segment.receipt.quality.reset();
    if (!segment.arm.starts_with("on@")) return;
    segment.receipt.quality = TraceQuality{.spans = 30,
                                           .traces = 10,
                                           .traces_sampled = 10,
                                           .traces_recalled = 10,
                                           .traces_whole = 10,
                                           .spans_sampled = 30,
                                           .spans_recalled = 30};
    shape(segment);
  });
}

std::vector<std::string> titles(const QualityPart& part) {
  std::vector<std::string> all;
  for (const Column& column : part.table.value_or(Table{}).columns) all.push_back(column.title);
  return all;
}

TEST(QualityTable, WholeTracesAreOneLine) {
  const QualityPart part = quality_part(run_with([](SegmentRecord&) {}), 0);
  EXPECT_FALSE(part.table);
  ASSERT_EQ(part.sentences.size(), 1U);
  EXPECT_TRUE(part.sentences[0].ends_with(
      " traces came whole: no orphan, no late parent, one root each, no span truncated, no clock "
      "anomaly."))
      << part.sentences[0];
  EXPECT_TRUE(part.sentences[0].starts_with("All ")) << part.sentences[0];
}

TEST(QualityTable, OlderRecordsSayNothing) {
  const RunResult old = run_with([](SegmentRecord& segment) { segment.receipt.quality.reset(); });
  EXPECT_FALSE(quality_part(old, 0).table);
  EXPECT_TRUE(quality_part(old, 0).sentences.empty());
}

TEST(QualityTable, OnlyColumnsThatTellSomethingAreShown) {
  const QualityPart part = quality_part(run_with([](SegmentRecord& segment) {
                                          if (segment.arm == "on@100%")
                                            segment.receipt.quality->late_parents = 20;
                                        }),
                                        0);
  EXPECT_EQ(titles(part),
            (std::vector<std::string>{"arm", "late parent", "export delay p50", "delay p99"}));
  bool seen = false;
  for (const auto& row : part.table->rows) {
    EXPECT_EQ(row.at(1), row.at(0) == "on@100%" ? "66.67 %" : "0") << row.at(0);
    seen = seen || row.at(0) == "on@100%";
  }
  EXPECT_TRUE(seen);
  ASSERT_EQ(part.sentences.size(), 1U);
  EXPECT_NE(part.sentences[0].find("began after their parent had ended"), std::string::npos);
}

TEST(QualityTable, WhatCameAfterTheEndIsTold) {
  const QualityPart part = quality_part(run_with([](SegmentRecord& segment) {
                                          segment.self_counts.emplace().set_after_end =
                                              segment.arm == "on@100%" ? 50 : 0;
                                        }),
                                        0);
  ASSERT_EQ(part.sentences.size(), 2U);
  EXPECT_TRUE(part.sentences[1].starts_with(
      "Trace quality, late attributes: 300 attributes or events were set on spans that had ended"))
      << part.sentences[1];
}

TEST(QualityTable, OneTraceOfMillionsIsNotRoundedAway) {
  const QualityPart part = quality_part(run_with([](SegmentRecord& segment) {
                                          TraceQuality& quality = *segment.receipt.quality;
                                          quality.traces_sampled = 10'000'000;
                                          quality.traces_recalled = 9'999'999;
                                          quality.traces_whole = 9'999'999;
                                          quality.spans = 30'000'000;
                                          quality.orphans = 1;
                                        }),
                                        0);
  EXPECT_EQ(titles(part), (std::vector<std::string>{"arm", "trace recall", "orphans",
                                                    "export delay p50", "delay p99"}));
  EXPECT_EQ(part.table->rows.at(0).at(1), "> 99.99 %");
  EXPECT_EQ(part.table->rows.at(0).at(2), "< 0.01 %");
}

TEST(QualityTable, RecallThatNobodyKnowsIsNotClaimed) {
  const QualityPart whole = quality_part(run_with([](SegmentRecord& segment) {
                                           segment.receipt.known = false;
                                           segment.receipt.quality =
                                               TraceQuality{.spans = 30, .traces = 10};
                                         }),
                                         0);
  EXPECT_FALSE(whole.table);
  EXPECT_TRUE(whole.sentences.at(0).starts_with("Of ")) << whole.sentences[0];
}

TEST(QualityTable, EverythingAtOnceFitsATerminal) {
  const QualityPart part = quality_part(run_with([](SegmentRecord& segment) {
                                          segment.receipt.duplicates = 3;
                                          segment.receipt.quality =
                                              TraceQuality{.spans = 28,
                                                           .traces = 9,
                                                           .traces_sampled = 10,
                                                           .traces_recalled = 9,
                                                           .traces_whole = 7,
                                                           .spans_sampled = 30,
                                                           .spans_recalled = 28,
                                                           .orphans = 1,
                                                           .late_parents = 2,
                                                           .many_roots = 3,
                                                           .negative_durations = 1,
                                                           .outside_parents = 1,
                                                           .from_the_future = 1,
                                                           .truncated = 4,
                                                           .raw_path_names = 5,
                                                           .client_errors_marked = 6,
                                                           .old_conventions = 7};
                                        }),
                                        0);
  EXPECT_EQ(titles(part).size(), 12U);
  const std::string text = text_table(*part.table, 80);
  for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != std::string::npos; at = end + 1)
    EXPECT_LE(end - at, 80U) << text;
  EXPECT_NE(text.find("late parent"), std::string::npos) << text;
  EXPECT_EQ(part.sentences.size(), 7U);
}

}  // namespace
}  // namespace tracetax

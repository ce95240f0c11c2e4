// SPDX-License-Identifier: Apache-2.0
#include "reports/frameworks/framework_tables.h"

#include <gtest/gtest.h>

#include "reports/frameworks/frameworks_testing.h"

namespace tracetax {
namespace {

using testing::describe_made_up;
using testing::frameworks_run;
using testing::make_void;

constexpr Language kEn = Language::english;

/// The cells under `title`, by row.
std::vector<std::string> column(const Table& table, const std::string& title) {
  std::vector<std::string> cells;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (table.columns[c].title != title) continue;
    for (const auto& row : table.rows) cells.push_back(row.at(c));
    return cells;
  }
  ADD_FAILURE() << "no column " << title;
  return cells;
}

using Cells = std::vector<std::string>;

struct Made {
  RunResult result;
  Analysis analysis;
  FrameworkRows rows;
};
Made made(RunResult result) {
  Made all{std::move(result), {}, {}};
  all.analysis = analyse(all.result);
  all.rows = framework_rows(all.result, all.analysis, describe_made_up);
  return all;
}

RunResult three_and_a_real_one() {
  return frameworks_run({{"slow", "http", 40, 2, 5, 0, 234},
                         {"one", "http", 18.00, 5, 13, 0, 491},
                         {"two", "http", 18.01, 4, 12, 0, 457},
                         {"real", "http", 60, 9, 7, 0, 380, TargetKind::command}});
}

TEST(SpeedTable, FastestFirstWithRanksOfTheirOwnKind) {
  const Made all = made(three_and_a_real_one());
  const std::vector<FrameworkRows> kinds = by_kind(all.rows);
  ASSERT_EQ(kinds.size(), 2U);
  EXPECT_EQ(column(speed_table(kinds[0], kEn), "real framework"), (Cells{"real (own)"}));
  EXPECT_EQ(column(speed_table(kinds[0], kEn), "rank"), (Cells{"1"}));
  const Table emulated = speed_table(kinds[1], kEn);
  EXPECT_EQ(column(emulated, "emulated framework")[2], "slow");
  EXPECT_EQ(column(emulated, "rank"), (Cells{"1-2", "1-2", "3"}));
  EXPECT_EQ(column(emulated, "CPU, real / emulated"),
            (Cells{"not measured", "not measured", "not measured"}));
}

TEST(CostTable, CheapestFirstAndTheIntervalOnce) {
  const Made all = made(three_and_a_real_one());
  const Table table = cost_table(all.result, by_kind(all.rows)[1], kEn);
  // 2.5 us on 40 us, 4.5 and 5.5 us on 18 us.
  EXPECT_EQ(column(table, "emulated framework")[0], "slow");
  EXPECT_EQ(column(table, "rank")[0], "1");
  EXPECT_EQ(column(table, "tracing overhead, on@100%")[0].find('['), std::string::npos);
  EXPECT_EQ(column(table, "95 % interval")[0].front(), '[');
  EXPECT_EQ(column(table, "b: more for a sampled one")[2].substr(0, 2), "5.");
}

TEST(CostTable, ForATerminalTooFewBlocksAreShort) {
  RunResult result = three_and_a_real_one();
  for (SegmentRecord& segment : result.segments) {
    if (segment.spec.cell == 1 && segment.spec.block > 3) make_void(segment, VoidRule::driver_lag);
  }
  const Made all = made(std::move(result));
  const Table table = short_cost_table(all.result, by_kind(all.rows)[1]);
  EXPECT_EQ(table.rows[2],
            (Cells{"none", "one", "4 of 8", "4 of 8", "4 of 8", "4 of 8", "", "not measured"}));
  EXPECT_LE(text_table(table, 80).find('\n'), 80U);
}

/// The heads of the tables that the Chinese page is modelled on.
TEST(SpeedTable, ChineseHeads) {
  const Made all = made(three_and_a_real_one());
  const Table table = speed_table(by_kind(all.rows)[1], Language::chinese);
  Cells heads;
  for (const Column& head : table.columns) heads.push_back(head.title);
  for (const char* wanted : {"框架 (emulated 模拟)", "QPS", "P50延迟", "P99延迟", "CPU", "内存"})
    EXPECT_NE(std::ranges::find(heads, wanted), heads.end()) << wanted;
}

TEST(CapacityTable, HasTheChangeOfEveryTracedArm) {
  const Made all = made(frameworks_run({{"gin", "http", 18, 5, 13, 0, 491}}));
  const Table table = capacity_table(all.result, all.rows, kEn);
  // 900,000 / 18 and 900,000 / 23.5, up to the ripple.
  EXPECT_NEAR(std::stod(column(table, "QPS untraced")[0]), 50, 0.2);
  EXPECT_EQ(column(table, "on@100%")[0].substr(0, 3), "-23");
  EXPECT_EQ(column(table, "on@1%")[0].substr(0, 2), "-3");
}

TEST(TailTable, TellsResponseAndMemoryBeforeAndAfter) {
  const Made all = made(frameworks_run({{"gin", "http", 18, 5, 13, 0, 491}}));
  const Table table = tail_table(all.result, all.rows, kEn);
  EXPECT_EQ(column(table, "P99 untraced"), (Cells{"935 us"}));
  EXPECT_EQ(column(table, "P99 on@100%"), (Cells{"935 us"}));
  EXPECT_EQ(column(table, "memory on@100%"), (Cells{"11.52 MiB"}));
}

TEST(SpanTable, SmallestSpanFirstAndTheHeaderComputed) {
  const Made all = made(three_and_a_real_one());
  const Table table = span_table(by_kind(all.rows)[1], kEn);
  EXPECT_EQ(column(table, "emulated framework"), (Cells{"slow", "two", "one"}));
  EXPECT_EQ(column(table, "spans/request"), (Cells{"1.00", "1.00", "1.00"}));
  EXPECT_EQ(column(table, "attributes"), (Cells{"5.00", "12.0", "13.0"}));
  EXPECT_EQ(column(table, "events"), (Cells{"0", "0", "0"})) << "counted, and there are none";
  EXPECT_EQ(column(table, "bytes/span"), (Cells{"234", "457", "491"}));
  EXPECT_EQ(column(table, "header bytes (computed)"), (Cells{"70", "70", "70"}));
}

TEST(SpanTable, LostSpansOfVoidSegmentsDoNotCount) {
  RunResult result = frameworks_run({{"gin", "http", 18, 5, 13, 0, 491}});
  for (SegmentRecord& segment : result.segments) {
    if (segment.spec.block > 2 || segment.receipt.received == 0) continue;
    segment.receipt.received /= 2;
    make_void(segment, VoidRule::receipt_open);
  }
  const Made all = made(std::move(result));
  EXPECT_EQ(column(span_table(all.rows, kEn), "spans/request"), (Cells{"1.00"}));
}

TEST(LineTable, HasAllIntervals) {
  const Made all = made(three_and_a_real_one());
  const Table table = line_table(by_kind(all.rows)[1], kEn);
  EXPECT_EQ(column(table, "emulated framework"), (Cells{"slow", "two", "one"}));
  for (const char* title :
       {"CPU untraced", "a: added to every request", "b: more for a sampled one"})
    EXPECT_NE(column(table, title)[2].find(" ["), std::string::npos) << title;
}

TEST(SubjectTable, NamesBaseRateAndSegments) {
  RunResult result = three_and_a_real_one();
  make_void(result.segments.front(), VoidRule::driver_lag);
  const Made all = made(std::move(result));
  const Table table = subject_table(all.result, by_kind(all.rows)[1], kEn);
  EXPECT_EQ(column(table, "emulated framework"), (Cells{"slow", "one", "two"}))
      << "the plan's order";
  EXPECT_EQ(column(table, "valid segments")[0], "79 / 80");
  EXPECT_EQ(column(table, "offered rate")[0], "4.5 k/s");
  EXPECT_EQ(column(table, "program")[0], "sha256 bbbbbbbbbbbb");
}

TEST(FrameworkTables, OfAPairTheEmulatedOneSaysHowFarTheRealOneIs) {
  const Made all = made(testing::paired_run({{"gin", "http", 18, 5, 13, 0, 491}}, 2));
  const std::vector<FrameworkRows> kinds = by_kind(all.rows);
  EXPECT_EQ(column(cost_table(all.result, kinds[0], kEn), "real framework"), (Cells{"gin"}));
  const Table emulated = cost_table(all.result, kinds[1], kEn);
  // 36 us on 18 us, up to the ripple.
  EXPECT_TRUE(column(emulated, "CPU, real / emulated")[0].starts_with("1.99"))
      << column(emulated, "CPU, real / emulated")[0];
  EXPECT_EQ(column(subject_table(all.result, kinds[0], kEn), "program")[0],
            "sha256 bbbbbbbbbbbb, go 1.26.8");
  EXPECT_EQ(column(span_table(all.rows, kEn), "switches untraced"), (Cells{"2.70", "0.900"}));
}

TEST(SpansByArm, WhatCameOfWhatHadToCome) {
  RunResult result = testing::paired_run({{"gin", "http", 18, 5, 13, 0, 491}}, 2);
  for (SegmentRecord& segment : result.segments) {
    if (segment.spec.cell == 1 && segment.arm == "on@10%") segment.receipt.received *= 3;
  }
  const Made all = made(std::move(result));
  const Table table = spans_by_arm_table(all.result, all.rows, kEn);
  EXPECT_EQ(column(table, "on@100%"), (Cells{"1.00 / 1.00", "1.00 / 1.00"}));
  EXPECT_EQ(column(table, "on@10%"), (Cells{"0.100 / 0.100", "0.100 / 0.300"}));
  EXPECT_EQ(column(table, "sampled by"), (Cells{"caller's flag", "caller's flag"}));
}

TEST(FrameworkRows, ATargetWithSeveralScenariosIsNamedWithThem) {
  RunResult result =
      frameworks_run({{"gin", "http", 18, 5, 13, 0, 491}, {"grpc-go", "grpc", 22, 2, 5, 0, 234}});
  EXPECT_TRUE(has_several_targets(result));
  result.plan.cells[1].target = 0;
  EXPECT_FALSE(has_several_targets(result));
  const Made all = made(std::move(result));
  EXPECT_EQ(all.rows[0].name, "gin / http-call");
  EXPECT_EQ(all.rows[1].name, "gin / grpc-call");
}

}  // namespace
}  // namespace tracetax

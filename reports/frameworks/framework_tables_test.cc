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

TEST(FrameworkTable, FastestFirstWithRanksOfTheirOwnKind) {
  const Made all = made(three_and_a_real_one());
  const Table table = framework_table(all.result, all.rows, kEn);
  EXPECT_EQ(column(table, "framework")[0], "real") << "real ones stand above the emulated";
  EXPECT_EQ(column(table, "framework")[3], "slow");
  const std::string emulated = "emulated; not yet held against the real one";
  EXPECT_EQ(column(table, "kind"), (Cells{"own", emulated, emulated, emulated}));
  EXPECT_EQ(column(table, "base"), (Cells{"noop", "absent", "absent", "absent"}));
  EXPECT_EQ(column(table, "QPS rank"), (Cells{"1", "1-2", "1-2", "3"}));
  // 2.5 us on 40 us, 4.5 and 5.5 us on 18 us, in whatever order the middle ones stand.
  EXPECT_EQ(column(table, "overhead rank").back(), "1");
}

TEST(FrameworkTable, TheHeadNamesTheArmOfTheOverhead) {
  const Made all = made(three_and_a_real_one());
  EXPECT_EQ(framework_table(all.result, all.rows, kEn).columns[9].title, "OTLP overhead (on@100%)");
}

/// The heads of the tables that the Chinese page is modelled on.
TEST(FrameworkTable, ChineseHeads) {
  const Made all = made(three_and_a_real_one());
  const Table table = framework_table(all.result, all.rows, Language::chinese);
  Cells heads;
  for (const Column& head : table.columns) heads.push_back(head.title);
  for (const char* wanted :
       {"框架", "QPS", "P50延迟", "P99延迟", "CPU", "内存", "OTLP开销 (on@100%)"}) {
    EXPECT_NE(std::ranges::find(heads, wanted), heads.end()) << wanted;
  }
  EXPECT_EQ(table.rows.back()[1], "emulated (模拟)；尚未与真实框架对比")
      << "the mark is the same in every language";
}

TEST(ImpactTable, TellsQpsResponseAndMemoryBeforeAndAfter) {
  const Made all = made(frameworks_run({{"gin", "http", 18, 5, 13, 0, 491}}));
  const Table table = impact_table(all.result, all.rows, 4, kEn);
  ASSERT_EQ(table.rows.size(), 1U);
  // 900,000 / 18 and 900,000 / 23.5, up to the ripple.
  EXPECT_NEAR(std::stod(column(table, "QPS untraced")[0]), 50, 0.2);
  EXPECT_NEAR(std::stod(column(table, "QPS traced on@100%")[0]), 38.3, 0.2);
  EXPECT_EQ(column(table, "change")[0].substr(0, 3), "-23");
  EXPECT_NE(column(table, "P99 after")[0], "—");
}

TEST(ImpactTable, AnArmThatTheTargetDoesNotHaveIsDashes) {
  const Made all = made(frameworks_run({{"gin", "http", 18, 5, 13, 0, 491}}));
  const Table table = impact_table(all.result, all.rows, 1, kEn);  // off2
  EXPECT_EQ(column(table, "P99 after"), (Cells{"—"}));
  EXPECT_EQ(column(table, "rank"), (Cells{"—"}));
}

TEST(SpanTable, SmallestSpanFirstAndTheHeaderComputed) {
  const Made all = made(three_and_a_real_one());
  const Table table = span_table(all.rows, kEn);
  EXPECT_EQ(column(table, "framework"), (Cells{"real", "slow", "two", "one"}));
  EXPECT_EQ(column(table, "spans/request"), (Cells{"1.00", "1.00", "1.00", "1.00"}));
  EXPECT_EQ(column(table, "attributes"), (Cells{"7.00", "5.00", "12.0", "13.0"}));
  EXPECT_EQ(column(table, "events"), (Cells{"0", "0", "0", "0"})) << "counted, and there are none";
  EXPECT_EQ(column(table, "bytes/span"), (Cells{"380", "234", "457", "491"}));
  EXPECT_EQ(column(table, "header bytes/request (computed)"), (Cells{"70", "70", "70", "70"}));
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

TEST(CostTable, HasTheLineOfEveryTarget) {
  const Made all = made(three_and_a_real_one());
  const Table table = cost_table(all.rows, kEn);
  EXPECT_EQ(column(table, "framework"), (Cells{"real", "slow", "two", "one"}));
  EXPECT_EQ(column(table, "b, a sampled request")[3].substr(0, 2), "5.");
  EXPECT_EQ(column(table, "R²").size(), 4U);
}

TEST(SubjectTable, NamesBaseRateAndSegments) {
  RunResult result = three_and_a_real_one();
  make_void(result.segments.front(), VoidRule::driver_lag);
  const Made all = made(std::move(result));
  const Table table = subject_table(all.result, all.rows, kEn);
  EXPECT_EQ(column(table, "framework"), (Cells{"slow", "one", "two", "real"}))
      << "the plan's order";
  EXPECT_EQ(column(table, "valid segments")[0], "79 / 80");
  EXPECT_EQ(column(table, "offered rate")[0], "4.5 k/s");
  EXPECT_EQ(column(table, "program")[0], "sha256 bbbbbbbbbbbb");
}

TEST(FrameworkTable, OfAPairTheEmulatedOneSaysHowFarTheRealOneIs) {
  const Made all = made(testing::paired_run({{"gin", "http", 18, 5, 13, 0, 491}}, 2));
  const Table table = framework_table(all.result, all.rows, kEn);
  EXPECT_EQ(column(table, "framework"), (Cells{"gin", "gin"}));
  EXPECT_EQ(column(table, "kind")[0], "real");
  // 36 us on 18 us, up to the ripple.
  EXPECT_TRUE(column(table, "kind")[1].starts_with("emulated; real: 1.99"))
      << column(table, "kind")[1];
  EXPECT_EQ(column(subject_table(all.result, all.rows, kEn), "program")[0],
            "sha256 bbbbbbbbbbbb, go 1.26.8");
  EXPECT_EQ(column(span_table(all.rows, kEn), "switches/request off"), (Cells{"2.70", "0.900"}));
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

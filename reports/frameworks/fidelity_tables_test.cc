// SPDX-License-Identifier: Apache-2.0
#include "reports/frameworks/fidelity_tables.h"

#include <gtest/gtest.h>

#include "reports/frameworks/frameworks_testing.h"
#include "reports/golden.h"

namespace tracetax {
namespace {

using testing::expect_golden;
using testing::expect_same_after_reading;
using testing::make_void;
using testing::paired_run;
using testing::rendered;

constexpr Language kEn = Language::english;

/// Three within the factor of 2, one not, one whose real side is void.
RunResult make_five_pairs() {
  RunResult result = paired_run({{"gin", "http", 18, 5, 13, 0, 491},
                                 {"nethttp", "http", 16, 4.6, 12, 0, 457},
                                 {"echo", "http", 20, 4, 12, 0, 470},
                                 {"grpc-go", "grpc", 22, 2.4, 5, 0, 234},
                                 {"kratos-grpc", "grpc", 30, 3, 7, 0, 264}},
                                1.5);
  for (SegmentRecord& segment : result.segments) {
    if (segment.spec.cell == 4 && segment.spec.kind == SegmentKind::open)
      testing::set_cpu_us(segment, 2.5 * static_cast<double>(segment.usage->cpu_ns) / 1e7);
    if (segment.spec.cell == 8) make_void(segment, VoidRule::driver_lag, "the driver was late");
  }
  return result;
}

const RunResult& five_pairs() {
  static const RunResult kRun = make_five_pairs();
  return kRun;
}

TEST(FidelityTables, WholeInBothLanguages) {
  const RunResult& result = five_pairs();
  expect_golden("fidelity.md", rendered(result, "fidelity"));
  expect_golden("fidelity.zh.md", rendered(result, "fidelity", {.choices = {{"lang", "zh"}}}));
  expect_golden("frameworks-pairs.md", rendered(result, "frameworks"));
  expect_same_after_reading(result);
}

TEST(FidelityTables, TheMissedFactorIsNamed) {
  const RunResult& result = five_pairs();
  const auto told = factor_sentences(result, fidelity_of(result), kEn);
  ASSERT_EQ(told.size(), 3U);
  EXPECT_EQ(
      told[0],
      "CPU untraced: real and emulated are within a factor of 2 for 3 of 4. They are not for echo "
      "(3.7).");
}

TEST(FidelityTables, AVoidSideSaysSo) {
  const RunResult& result = five_pairs();
  const Fidelity fidelity = fidelity_of(result);
  for (const auto& row : pair_table(result, fidelity.pairs[4], kEn).rows) {
    if (row[0] == "offered rate") continue;
    EXPECT_EQ(row[1], "void (0 of 8)");
    EXPECT_EQ(row[3], "void (0 of 8)");
  }
}

/// Each side had a share of its own capacity, so 6.67 k/s against 10 k/s for gin.
TEST(FidelityTables, DifferentRatesAreSaid) {
  RunResult result = five_pairs();
  EXPECT_NE(rate_caution(result, fidelity_of(result), kEn).find("gin (6.67 k/s, 10 k/s)"),
            std::string::npos)
      << rate_caution(result, fidelity_of(result), kEn);
  result.cell_rates.assign(result.cell_rates.size(), 4'000);
  EXPECT_EQ(rate_caution(result, fidelity_of(result), kEn), "");
}

TEST(FidelityTables, WithoutPairsItSaysHowToGetThem) {
  const std::string page = rendered(testing::sample_run(testing::made_up_suite(6)), "fidelity");
  EXPECT_NE(page.find("no pair of a real framework"), std::string::npos) << page;
}

}  // namespace
}  // namespace tracetax

// What the framework tables look like, in both languages and as numbers.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "reports/frameworks/frameworks_testing.h"
#include "reports/golden.h"

namespace tracetax {
namespace {

using testing::expect_golden;
using testing::expect_same_after_reading;
using testing::frameworks_run;
using testing::make_void;
using testing::rendered;

/// Five targets: two that overlap, a real one that ran first, one broken off after three blocks,
/// one all void.
RunResult five_targets() {
  RunResult result = frameworks_run({{"my-service", "http", 40, 9, 7, 1, 380, TargetKind::command},
                                     {"gin", "http", 18.00, 5.0, 13, 0, 491},
                                     {"nethttp", "http", 18.01, 4.6, 12, 0, 457},
                                     {"kratos-grpc", "grpc", 30, 3, 7, 0, 264},
                                     {"grpc-go", "grpc", 22, 2.4, 5, 0, 234}});
  for (SegmentRecord& segment : result.segments) {
    if (segment.spec.cell == 3)
      make_void(segment, VoidRule::driver_lag, "the driver was late in sending");
  }
  std::erase_if(result.segments, [](const SegmentRecord& segment) {
    return segment.spec.cell == 4 && segment.spec.block >= 3;
  });
  result.status = RunStatus::partial;
  result.partial_reason = "interrupted after 350 of 400 segments";
  return result;
}

TEST(FrameworksGolden, OverlappingPartialAndVoidTargets) {
  const RunResult result = five_targets();
  expect_golden("frameworks.md", rendered(result, "frameworks"));
  expect_golden("frameworks.csv", rendered(result, "frameworks-csv"));
  expect_same_after_reading(result);
}

TEST(FrameworksGolden, InChinese) {
  expect_golden("frameworks.zh.md",
                rendered(five_targets(), "frameworks", {.choices = {{"lang", "zh"}}}));
}

TEST(FrameworksGolden, NothingMeasuredIsNoZero) {
  RunResult result =
      frameworks_run({{"gin", "http", 18, 5, 13, 0, 491}, {"grpc-go", "grpc", 22, 2, 5, 0, 234}});
  result.segments.clear();
  result.cell_rates.assign(2, 0);
  result.status = RunStatus::partial;
  result.partial_reason = "interrupted after 0 of 160 segments";
  const std::string page = rendered(result, "frameworks");
  expect_golden("frameworks-nothing.md", page);
  EXPECT_EQ(page.find("| 0 |"), std::string::npos);
}

TEST(FrameworksGolden, OddNamesAreQuoted) {
  RunResult result =
      frameworks_run({{"gin", "http", 18, 5, 13, 0, 491}, {"grpc-go", "grpc", 22, 2, 5, 0, 234}});
  result.suite.name = "sui|te\n# <b>";
  result.suite.targets[0].name = "a | b `c`\n<script>";
  const std::string page = rendered(result, "frameworks");
  EXPECT_NE(page.find("# Frameworks compared: sui\\|te # \\<b\\>\n"), std::string::npos) << page;
  EXPECT_NE(page.find("| a \\| b \\`c\\` \\<script\\> |"), std::string::npos) << page;
}

}  // namespace
}  // namespace tracetax

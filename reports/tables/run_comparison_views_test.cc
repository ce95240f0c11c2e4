// SPDX-License-Identifier: Apache-2.0
#include "reports/tables/run_comparison_views.h"

#include <gtest/gtest.h>

#include <sstream>

#include "reports/tables/table.h"
#include "reports/testing.h"

namespace tracetax {
namespace {

using testing::sample_run;
using testing::set_cpu_us;
using testing::test_suite;

/// on@100% costs `share` of off, in each block a little more or less.
RunResult run_with(double share) {
  return sample_run(test_suite(8), [share](SegmentRecord& segment) {
    const double wobble = 1 + 0.001 * ((segment.spec.block * 5 + segment.spec.arm) % 7);
    set_cpu_us(segment, 20 * wobble * (segment.arm == "on@100%" ? share : 1));
  });
}

struct Compared {
  RunResult before = run_with(1.2), after = run_with(1.4);
  RunComparison comparison = compare_runs(before, after, {});
  ComparisonView view{.before = {"old.json", &before},
                      .after = {"new|.json", &after},
                      .forced = false,
                      .width = 100};
};

TEST(ComparisonText, WhatRegressedIsInTheLastLine) {
  const Compared compared;
  const std::string text = write_comparison_text(compared.comparison, compared.view);
  EXPECT_NE(text.find("before: old.json, quick of"), std::string::npos) << text;
  EXPECT_NE(text.find("\ncompared: REGRESSED (CPU per request of on@100% in gin)\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("off2 (control)"), std::string::npos) << text;
  EXPECT_EQ(text.find("--force"), std::string::npos) << text;
}

TEST(ComparisonText, KeepsToTheWidth) {
  Compared compared;
  compared.after.machine.kernel = std::string(300, 'k');
  compared.comparison = compare_runs(compared.before, compared.after, {});
  for (const std::size_t width : {60U, 80U, 140U}) {
    compared.view.width = width;
    std::istringstream lines(write_comparison_text(compared.comparison, compared.view));
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(display_width(line), width) << line;
    }
  }
}

TEST(ComparisonText, ForceIsPrintedWithWhatItPassedOver) {
  Compared compared;
  compared.after.suite.digest_sha256 = std::string(64, 'd');
  compared.comparison = compare_runs(compared.before, compared.after, {});
  compared.view.forced = true;
  compared.view.width = 300;
  for (const auto write : {write_comparison_text, write_comparison_markdown}) {
    const std::string text = write(compared.comparison, compared.view);
    EXPECT_NE(text.find("--force although these differ: suite digest"), std::string::npos) << text;
  }
  const Json json = Json::parse(write_comparison_json(compared.comparison, compared.view));
  EXPECT_EQ(json["forced"], true);
  EXPECT_EQ(json["differences"][0]["what"], "suite digest");
  EXPECT_EQ(json["differences"][0]["forbids"], true);
  EXPECT_EQ(list_differences(compared.comparison.differences),
            "  suite digest (forbids): cccccccccccc before, dddddddddddd after");
}

TEST(ComparisonMarkdown, TheVerdictComesFirstAndCellsAreEscaped) {
  const Compared compared;
  const std::string text = write_comparison_markdown(compared.comparison, compared.view);
  EXPECT_EQ(text.find("### compared: REGRESSED"), 0U) << text;
  EXPECT_NE(text.find("new\\|.json"), std::string::npos) << text;
}

TEST(ComparisonJson, HoldsWhatWasTested) {
  const Compared compared;
  const Json json = Json::parse(write_comparison_json(compared.comparison, compared.view));
  EXPECT_EQ(json["schema"], "tracetax/comparison");
  EXPECT_EQ(json["verdict"], "fail");
  EXPECT_EQ(json["exit_code"], 1);
  EXPECT_EQ(json["before"]["file"], "old.json");
  bool seen = false;
  for (const Json& one : json["comparisons"]) {
    if (one["arm"] != "on@100%" || one["metric"] != "cpu_per_request") continue;
    seen = true;
    EXPECT_EQ(one["word"], "regressed");
    EXPECT_NEAR(one["change_pct"].get<double>(), 100 * (1.4 / 1.2 - 1), 1);
    EXPECT_LE(one["p_worse_holm"].get<double>(), 0.05);
    EXPECT_GE(one["ci_pct"]["level"].get<double>(), 0.9);
    EXPECT_EQ(one["before"]["blocks"], 8);
  }
  EXPECT_TRUE(seen);
}

TEST(ComparisonText, WhatIsVoidSaysWhy) {
  Compared compared;
  for (SegmentRecord& segment : compared.after.segments) {
    if (segment.arm == "on@100%") testing::make_void(segment, VoidRule::driver_lag);
  }
  compared.comparison = compare_runs(compared.before, compared.after, {});
  compared.view.width = 200;
  const std::string text = write_comparison_text(compared.comparison, compared.view);
  EXPECT_NE(
      text.find("void: CPU per request, response p50, response p99, peak memory of on@100% in "
                "gin: after: 0 of 8 blocks can be used"),
      std::string::npos)
      << text;
  EXPECT_NE(text.find("it cannot be told (CPU per request of on@100% in gin"), std::string::npos)
      << text;
}

}  // namespace
}  // namespace tracetax

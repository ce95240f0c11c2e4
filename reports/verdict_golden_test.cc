// Golden files of judged runs: each verdict in the formats that say it, and what must hold of any
// of them. UPDATE_GOLDEN=1 writes the files anew.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <sstream>

#include "reports/formats/pull_request.h"
#include "reports/golden.h"
#include "reports/judged_testing.h"
#include "reports/words/verdict_words.h"

namespace tracetax {
namespace {

using testing::expect_golden;
using testing::expect_same_after_reading;
using testing::rendered;

struct Judged {
  const char* name;
  RunResult result;
  Verdict verdict;
};

std::vector<Judged> judged_runs() {
  std::vector<Judged> runs;
  runs.push_back({"pass", testing::passing_run(), Verdict::pass});
  runs.push_back({"fail", testing::failing_run(), Verdict::fail});
  runs.push_back({"inconclusive", testing::inconclusive_run(), Verdict::inconclusive});
  runs.push_back({"invalid", testing::invalid_run(), Verdict::invalid});
  runs.push_back({"base", testing::run_with_base(), Verdict::fail});
  return runs;
}

std::size_t lines_with(const std::string& text, std::string_view start) {
  std::istringstream lines(text);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line);) count += line.starts_with(start) ? 1U : 0U;
  return count;
}

TEST(VerdictGolden, EveryVerdictInEveryFormatThatSaysIt) {
  for (const Judged& run : judged_runs()) {
    SCOPED_TRACE(run.name);
    ASSERT_EQ(analyse(run.result).judgement->verdict, run.verdict);
    const std::string stem = std::string("verdict-") + run.name;
    expect_golden(stem + ".md", rendered(run.result, "pr"));
    expect_golden(stem + ".txt", rendered(run.result, "text", {.width = 80, .written = {}}));
    expect_golden(stem + ".junit.xml", rendered(run.result, "junit"));
    expect_golden(stem + ".csv", rendered(run.result, "verdict-csv"));
    expect_same_after_reading(run.result);
  }
}

TEST(VerdictGolden, ExportsOfTheRunWithABase) {
  const RunResult result = testing::run_with_base();
  expect_golden("verdict-base.json", rendered(result, "json"));
  expect_golden("verdict-base.report.md", rendered(result, "md"));
  expect_golden("verdict-base.gbench", rendered(result, "gbench"));
  expect_golden("verdict-base.benchfmt", rendered(result, "benchfmt"));
  expect_golden("verdict-base.smaller", rendered(result, "smaller-is-better"));
  expect_golden("verdict-base.openmetrics", rendered(result, "openmetrics"));
  expect_golden("verdict-base.hgrm", rendered(result, "hgrm"));
  expect_golden("verdict-base.hlog", rendered(result, "hlog"));
}

TEST(VerdictGolden, ARunThatWasOnlyMeasuredSaysSo) {
  RunResult result = testing::passing_run();
  result.gate.reset();
  result.stop_reason.clear();
  const std::string comment = rendered(result, "pr");
  expect_golden("measured-only.md", comment);
  expect_golden("measured-only.junit.xml", rendered(result, "junit"));
  EXPECT_EQ(comment.find("PASS"), std::string::npos);
  EXPECT_NE(rendered(result, "junit").find("<skipped message=\"this run was measured only"),
            std::string::npos);
  EXPECT_EQ(rendered(result, "text").find("verdict:"), std::string::npos);
  EXPECT_EQ(lines_with(rendered(result, "verdict-csv"), ""), 1U) << "only the titles";
}

TEST(PullRequest, BeginsWithTheMarkerAndTheVerdictInWords) {
  for (const Judged& run : judged_runs()) {
    const std::string text = rendered(run.result, "pr");
    std::istringstream lines(text);
    std::string first, second;
    std::getline(lines, first);
    std::getline(lines, second);
    EXPECT_EQ(first, "<!-- tracetax:gate:quick -->");
    std::string word(name_of(run.verdict));
    for (char& c : word) c = static_cast<char>(c - 'a' + 'A');
    EXPECT_TRUE(second.starts_with("### ")) << second;
    EXPECT_NE(second.find(" " + word + ": "), std::string::npos) << second;
    EXPECT_LT(text.size(), kLargestComment);
  }
}

/// Many cells with long, awkward names, a thousand warnings, and reasons without end.
RunResult monstrous_run() {
  RunResult result = testing::failing_run();
  const std::string awkward = std::string(300, '|') + "\x01\xff`<b>*_\n" + std::string(300, '~');
  result.suite.targets[0].name = awkward;
  for (int i = 0; i < 30; ++i) {
    result.suite.scenarios.push_back(result.suite.scenarios[0]);
    result.suite.scenarios.back().name = awkward + std::to_string(i);
    result.plan.cells.push_back({0, i + 1});
    result.cell_rates.push_back(100);
    result.cell_capacities.push_back(0);
    for (std::size_t s = 0; s < 30; ++s) {
      SegmentRecord segment = result.segments[s];
      segment.spec.cell = i + 1;
      result.segments.push_back(std::move(segment));
    }
  }
  for (int i = 0; i < 1000; ++i) result.warnings.push_back(awkward + std::to_string(i));
  for (SegmentRecord& segment : result.segments) {
    if (segment.spec.block == 2) testing::make_void(segment, VoidRule::target_failed, awkward);
  }
  result.partial_reason = awkward;
  return result;
}

TEST(PullRequest, IsNeverTooLongForAComment) {
  RunResult result = monstrous_run();
  for (const bool judged : {true, false}) {
    if (!judged) result.gate.reset();
    const std::string text = rendered(result, "pr");
    EXPECT_LT(text.size(), kLargestComment);
    EXPECT_NE(text.find(judged ? "INVALID: " : "Measured only"), std::string::npos);
    EXPECT_NE(text.find("Left out, to stay below 60,000 bytes: "), std::string::npos) << text;
    EXPECT_LE(lines_with(text.substr(0, text.find("<details>")), "| "), 1 + kMostRows);
  }
}

TEST(PullRequest, TheVerdictAndItsTableStayWhenAllElseGoes) {
  RunResult result = monstrous_run();
  for (SegmentRecord& segment : result.segments) segment.voids.clear();
  const std::string text = rendered(result, "pr");
  EXPECT_LT(text.size(), kLargestComment);
  EXPECT_NE(text.find(" INCONCLUSIVE: "), std::string::npos) << text.substr(0, 2000);
  EXPECT_GT(lines_with(text.substr(0, text.find("<details>")), "| "), kMostRows);
  EXPECT_NE(text.find("Left out, to stay below"), std::string::npos);
}

TEST(Verdict, AnInvalidRunShowsNoEffectThatLooksGood) {
  const RunResult result = testing::invalid_run();
  const std::string text = rendered(result, "text");
  EXPECT_NE(text.find("not judged"), std::string::npos);
  EXPECT_EQ(text.find("  pass"), std::string::npos);
  EXPECT_TRUE(text.ends_with("verdict: INVALID\n")) << text;
  EXPECT_EQ(text.find("costs +"), std::string::npos) << text;
  const std::string comment = rendered(result, "pr");
  EXPECT_EQ(comment.substr(0, comment.find("<details>")).find("[+"), std::string::npos) << comment;
  EXPECT_EQ(rendered(result, "smaller-is-better"), "[]\n");
  const std::string metrics = rendered(result, "openmetrics");
  EXPECT_NE(metrics.find("tracetax_run_valid{suite=\"quick\"} 0\n"), std::string::npos) << metrics;
  EXPECT_EQ(metrics.find("ratio"), std::string::npos) << metrics;
  EXPECT_EQ(rendered(result, "junit").find("<failure"), std::string::npos);
  EXPECT_NE(rendered(result, "junit").find("<error"), std::string::npos);
}

TEST(Verdict, AnInvalidRunQuotesNoCost) {
  // Enough valid pairs for every estimate; one segment lost spans.
  RunResult result = testing::failing_run();
  testing::make_void(result.segments[0], VoidRule::receipt_open, "12 traces are missing");
  for (const char* format : {"text", "md"}) {
    const std::string text = rendered(result, format);
    EXPECT_NE(text.find("INVALID"), std::string::npos) << text;
    EXPECT_EQ(text.find("Tracing gin"), std::string::npos) << text;
  }
  const std::string report = rendered(result, "md");
  EXPECT_LT(report.find(kInvalidCaution), report.find("| CPU per request | on@10% |")) << report;
  EXPECT_EQ(rendered(result, "text").find("ost model"), std::string::npos);
}

TEST(Verdict, WhatIsUnprovenFailsInJUnitWhereTheGateFailsOnIt) {
  RunResult result = testing::inconclusive_run();
  EXPECT_EQ(rendered(result, "junit").find("<failure"), std::string::npos);
  result.gate->inconclusive = InconclusivePolicy::fail;
  const std::string failed = rendered(result, "junit");
  EXPECT_NE(failed.find("<failure message=\"inconclusive: "), std::string::npos) << failed;
  EXPECT_NE(failed.find("failures=\"1\""), std::string::npos) << failed;

  RunResult cut = testing::passing_run();
  cut.gate->inconclusive = InconclusivePolicy::fail;
  cut.status = RunStatus::partial;
  ASSERT_EQ(analyse(cut).judgement->verdict, Verdict::inconclusive);
  EXPECT_NE(rendered(cut, "junit").find("<failure message=\"inconclusive: partial"),
            std::string::npos);
}

TEST(Receipt, SumsThatAgreeOverSegmentsThatDoNotAreNoEqualSign) {
  RunResult result = testing::passing_run();
  const auto traced = std::ranges::find(result.segments, "on@10%", &SegmentRecord::arm);
  ASSERT_NE(traced, result.segments.end());
  traced->receipt.missing_traces = 3;  // and as many spans of foreign traces came
  traced->receipt.unexpected_traces = 3;
  for (const char* format : {"text", "md"}) {
    const std::string text = rendered(result, format);
    EXPECT_NE(text.find(", open "), std::string::npos) << text;
  }
  const std::string comment = rendered(result, "pr");
  const std::string line = comment.substr(comment.find("Receipt: "), 200);
  EXPECT_EQ(line.substr(0, line.find('\n')).find('='), std::string::npos) << line;
  EXPECT_NE(line.find("; open in 1 of "), std::string::npos) << line;

  result.segments.clear();
  EXPECT_NE(rendered(result, "pr").find("Receipt: no segment was measured."), std::string::npos);
}

TEST(Verdict, AnAdvisoryTestBeyondItsBudgetFailsNothing) {
  RunResult result = testing::failing_run();
  result.gate->metrics[0].required = false;
  result.gate->metrics[1].required = true;
  const Judgement judgement = *analyse(result).judgement;
  ASSERT_EQ(judgement.tests[0].verdict, Verdict::fail);
  ASSERT_EQ(judgement.verdict, Verdict::pass);
  const std::string junit = rendered(result, "junit");
  EXPECT_EQ(junit.find("<failure"), std::string::npos) << junit;
  EXPECT_NE(junit.find("<skipped message=\"advisory, never decides: beyond its bound: +8"),
            std::string::npos);
  const std::string comment = rendered(result, "pr");
  EXPECT_LT(comment.find("| response p50 |"), comment.find("| CPU per request (advisory) |"))
      << "required before advisory";
}

TEST(Verdict, SaysWhichArmIsJudgedAndWhy) {
  GateSpec gate;
  gate.arms = {"on@10%"};
  EXPECT_EQ(judged_arms(gate), "");
  gate.arms_passed_over = {"on@1%", "on@100%"};
  EXPECT_EQ(judged_arms(gate),
            "The verdict is about on@10%, as asked. Not judged: on@1%, on@100% (--arm NAME judges "
            "another).");
  gate.arms_by_default = true;
  EXPECT_TRUE(
      judged_arms(gate).starts_with("The verdict is about on@10%, as nobody named an arm. Not"));
  gate.arms = {"on@50%"};
  EXPECT_TRUE(judged_arms(gate).starts_with(
      "The verdict is about on@50%, as nobody named an arm and there is "
      "no on@10%: it has the highest rate. Not"));
}

TEST(Verdict, TextEndsWithItAndFitsItsWidth) {
  for (const Judged& run : judged_runs()) {
    for (const int width : {60, 80, 100, 140}) {
      const std::string text =
          rendered(run.result, "text", {.width = width, .written = {"a.json"}});
      std::istringstream lines(text);
      std::string last;
      for (std::string line; std::getline(lines, line); last = line) {
        EXPECT_LE(line.size(), static_cast<std::size_t>(width)) << line;
      }
      EXPECT_TRUE(last.starts_with("verdict: ")) << last;
    }
  }
  EXPECT_TRUE(
      rendered(testing::failing_run(), "text").ends_with("verdict: FAIL (cpu_per_request)\n"));
  EXPECT_TRUE(rendered(testing::passing_run(), "text").ends_with("verdict: PASS\n"));
}

TEST(Verdict, ColourAddsNothingButColour) {
  for (const Judged& run : judged_runs()) {
    std::string colored = rendered(run.result, "text", {.color = true, .written = {}});
    EXPECT_NE(colored.find('\x1b'), std::string::npos);
    for (std::size_t at = 0; (at = colored.find('\x1b', at)) != std::string::npos;) {
      colored.erase(at, colored.find('m', at) - at + 1);
    }
    EXPECT_EQ(colored, rendered(run.result, "text"));
  }
}

}  // namespace
}  // namespace tracetax

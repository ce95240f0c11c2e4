// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/selftest_tally.h"

#include <gtest/gtest.h>

#include <cmath>

#include "harness/analysis/selftest_record.h"

namespace tracetax {
namespace {

SelftestRecord record(Injection injection, const std::string& asked, Verdict verdict) {
  SelftestRecord made;
  made.injection = injection;
  made.asked = asked;
  made.started_at = "2026-11-26T08:00:00.000Z";
  made.suite = "selftest";
  made.machine = "m";
  made.cpu_model = "a CPU";
  made.cpus = 2;
  made.budget = "5%";
  made.verdict = verdict;
  made.seconds = 20;
  made.pairs = 10;
  made.log_ratios = {0.01, -0.02, 0.005, 0.013, -0.004, 0.007, -0.011, 0.002, 0.016, -0.009};
  return made;
}

std::vector<SelftestRecord> several(int count, const SelftestRecord& like) {
  return std::vector<SelftestRecord>(static_cast<std::size_t>(count), like);
}

TEST(SelftestRecord, ALineReadBackIsTheSame) {
  SelftestRecord made = record(Injection::cpu, "cpu:10%", Verdict::fail);
  made.truth_pct = 9.8765432109876543;
  made.estimate_pct = 10.1;
  made.low_pct = 9.2;
  made.high_pct = 1.0 / 3;
  made.reason = "a \"reason\"\nof two lines";
  made.spans_expected = 12;
  const std::string line = to_json_line(made);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto read = parse_selftest_log(line + "\n\n" + line, "log");
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ(to_json_line((*read)[1]), line);
  EXPECT_EQ((*read)[0].truth_pct, made.truth_pct);
}

TEST(SelftestRecord, WhatIsNoLineIsNamed) {
  EXPECT_EQ(parse_selftest_log("hello\n", "log").error().message,
            "log:1: is no line of a selftest log (not JSON)");
  const std::string good = to_json_line(record(Injection::none, "aa", Verdict::pass));
  const auto wrong = parse_selftest_log(good + "\n{\"injection\": \"bb\"}", "log");
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().message.find("log:2"), std::string::npos) << wrong.error().message;
}

TEST(SelftestTally, CountsFalseFailsWithTheirBound) {
  auto runs = several(58, record(Injection::none, "aa", Verdict::pass));
  runs.push_back(record(Injection::none, "aa", Verdict::inconclusive));
  runs.push_back(record(Injection::none, "aa", Verdict::invalid));
  const auto tallies = tally_selftests(runs);
  ASSERT_EQ(tallies.size(), 1U);
  const SelftestTally& tally = tallies.front();
  EXPECT_EQ(tally.runs, 60);
  EXPECT_EQ(tally.judged, 59);
  EXPECT_NEAR(tally.fail_upper, 1 - std::pow(0.05, 1.0 / 59), 1e-9);  // 0 of n: the closed form
  EXPECT_TRUE(holds(tally));
  EXPECT_NE(describe(tally).find("false FAIL: 0 of 59 (95 % sure: at most 5.0 %)"),
            std::string::npos)
      << describe(tally);
}

TEST(SelftestTally, TooManyFalseFailsDoNotHold) {
  auto runs = several(15, record(Injection::none, "aa", Verdict::pass));
  for (int i = 0; i < 5; ++i) runs.push_back(record(Injection::none, "aa", Verdict::fail));
  EXPECT_FALSE(holds(tally_selftests(runs).front()));  // 5 of 20 at 5 %: P = 0.0026
  EXPECT_FALSE(
      holds(tally_selftests(several(3, record(Injection::none, "aa", Verdict::invalid))).front()));
}

TEST(SelftestTally, ExpectsFailAboveTheBudgetAndPassBelow) {
  SelftestRecord above = record(Injection::cpu, "cpu:10%", Verdict::fail);
  above.truth_pct = 10;
  above.low_pct = 9;
  above.high_pct = 10.5;
  SelftestRecord below = record(Injection::cpu, "cpu:2.5%", Verdict::pass);
  below.truth_pct = 2.5;
  auto runs = several(20, above);
  runs.push_back(below);
  const auto tallies = tally_selftests(runs);
  ASSERT_EQ(tallies.size(), 2U);
  EXPECT_EQ(tallies[0].expected, Verdict::fail);
  EXPECT_EQ(tallies[0].covered, 20);
  EXPECT_NEAR(tallies[0].expected_lower, std::pow(0.05, 1.0 / 20), 1e-9);
  EXPECT_EQ(tallies[1].expected, Verdict::pass);
  EXPECT_TRUE(holds(tallies[0]) && holds(tallies[1]));
}

TEST(SelftestTally, OneMissInTwentyIsAllowedTwoAreNot) {
  SelftestRecord found = record(Injection::cpu, "cpu:10%", Verdict::fail);
  found.truth_pct = 10;
  SelftestRecord missed = found;
  missed.verdict = Verdict::inconclusive;
  auto runs = several(19, found);
  runs.push_back(missed);
  EXPECT_TRUE(holds(tally_selftests(runs).front()));
  runs.front() = missed;
  EXPECT_FALSE(holds(tally_selftests(runs).front()));
}

TEST(SelftestTally, LostSpansMustMakeTheRunInvalid) {
  SelftestRecord lost = record(Injection::drop, "drop:1%", Verdict::invalid);
  lost.log_ratios.clear();
  lost.spans_expected = 1000;
  lost.spans_received = 990;
  const SelftestTally tally = tally_selftests(several(4, lost)).front();
  EXPECT_EQ(tally.expected, Verdict::invalid);
  EXPECT_TRUE(holds(tally));
  EXPECT_NE(describe(tally).find("1.00 % lost"), std::string::npos) << describe(tally);
}

}  // namespace
}  // namespace tracetax

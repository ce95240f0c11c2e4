// SPDX-License-Identifier: Apache-2.0
#include "reports/words/sentences.h"

#include <gtest/gtest.h>

#include "reports/testing.h"

namespace tracetax {
namespace {

using testing::made_up_suite;
using testing::sample_run;
using testing::set_cpu_us;
using testing::test_run;

std::string answer_of(const RunResult& result) { return answer(result, analyse(result), 0); }

/// A run whose arms cost exactly so many microseconds, up to a ripple that gives the interval a
/// width.
RunResult run_with_cpu(double on1, double on10, double on100) {
  return test_run(made_up_suite(8), [=](SegmentRecord& segment) {
    const double ripple = 1 + 0.002 * (segment.spec.block % 3 - 1) * (segment.arm == "off" ? 0 : 1);
    const double us = segment.arm == "on@1%"     ? on1
                      : segment.arm == "on@10%"  ? on10
                      : segment.arm == "on@100%" ? on100
                                                 : 20;
    set_cpu_us(segment, us * ripple);
  });
}

TEST(Answer, LeadsWithTheArmThatSamplesMost) {
  EXPECT_EQ(
      answer_of(run_with_cpu(20, 21, 26)),
      "Tracing gin (emulated; not yet measured beside the real one; off = absent, 3.33 k/s, 50 "
      "% of capacity) at 100 % sampling "
      "costs +30.00 % CPU per "
      "request [+29.74, +30.13]: 6 us on 20 us; "
      "at 10 % +5.00 % [+4.79, +5.10]; at 1 % within noise, +0.00 % [-0.20, +0.10].");
}

TEST(Answer, SaysLowerAndWithinNoise) {
  EXPECT_EQ(
      answer_of(run_with_cpu(20, 20, 18)).substr(0, 185),
      "Tracing gin (emulated; not yet measured beside the real one; off = absent, 3.33 k/s, 50 "
      "% of capacity) at 100 % sampling "
      "lowers CPU per request: "
      "-10.00 % [-10.18, -9.91], -2 us on 20 us");
  EXPECT_EQ(
      answer_of(run_with_cpu(20, 20, 20)).substr(0, 176),
      "The cost of tracing gin (emulated; not yet measured beside the real one; off = absent, "
      "3.33 k/s, 50 % of capacity) at 100 % "
      "sampling is within "
      "noise: +0.00 % [-0.20, +0.10] CPU");
}

TEST(Answer, VoidGivesTheReasonAndNoNumber) {
  const RunResult one_arm = test_run(made_up_suite(8), [](SegmentRecord& segment) {
    if (segment.arm == "on@100%") testing::make_void(segment, VoidRule::receipt_open);
  });
  EXPECT_NE(answer_of(one_arm).find(") at 10 % sampling costs +"), std::string::npos);
  EXPECT_NE(answer_of(one_arm).find("; at 100 % void"), std::string::npos) << answer_of(one_arm);
  const RunResult all = test_run(made_up_suite(8), [](SegmentRecord& segment) {
    testing::make_void(segment, VoidRule::driver_lag);
  });
  EXPECT_EQ(answer_of(all),
            "No CPU figure for gin: every comparison is void (on@100%: only 0 of 8 blocks are "
            "valid; a 95 % "
            "interval needs 6; void segments: driver_lag in 16).");
}

TEST(Answer, ArmsWithNamesOfTheirOwnAreCalledByThem) {
  Suite suite = made_up_suite(6);
  suite.arms = {suite.arms[0], testing::test_arm("gzip", ArmRole::traced, 1)};
  EXPECT_NE(answer_of(test_run(suite)).find(") in arm gzip costs "), std::string::npos);
}

TEST(NoiseFloor, IsTheShamArmsOwnEffect) {
  const RunResult result = run_with_cpu(20, 21, 26);
  EXPECT_EQ(noise_floor(result, analyse(result), 0),
            "Noise floor: off2 is off once more and differs from it by +0.00 % [-0.20, +0.10] CPU "
            "per request.");
}

TEST(CostModelSentence, GivesUnitsIntervalsAndWhatItIsOf) {
  const RunResult result = run_with_cpu(20.65, 21.1, 25.6);
  const std::string text = cost_model(result, fit_cost_model(result, 0));
  EXPECT_TRUE(
      text.starts_with("Cost model of gin (emulated; not yet measured beside the real one; off = "
                       "absent, 3.33 k/s, 50 % of capacity), CPU per request: 20 "
                       "us untraced; tracing "
                       "adds 0.60 us [0."))
      << text;
  EXPECT_NE(text.find("(8 blocks, approximate 95 % intervals)"), std::string::npos) << text;
  EXPECT_NE(text.find(" from 10 to 100 %: no bend was found."), std::string::npos) << text;
  const RunResult bent = run_with_cpu(20.65, 21.1, 23.6);
  EXPECT_NE(cost_model(bent, fit_cost_model(bent, 0)).find(": the line bends"), std::string::npos);
  const RunResult few = test_run(made_up_suite(2));
  EXPECT_EQ(
      cost_model(few, fit_cost_model(few, 0)).substr(0, 132),
      "No cost model of gin (emulated; not yet measured beside the real one; off = absent, 3.33 "
      "k/s, 50 % of capacity): 2 of 2 "
      "blocks have ");
}

TEST(Subject, SaysWhatOffIs) {
  RunResult result = test_run(made_up_suite(1));
  EXPECT_EQ(subject(result, 0),
            "gin (emulated; not yet measured beside the real one; off = absent, 3.33 k/s, 50 % of "
            "capacity)");
  result.suite.targets[0].kind = TargetKind::command;
  result.suite.targets[0].can_be_absent = false;
  EXPECT_EQ(subject(result, 0), "gin (off = noop, 3.33 k/s, 50 % of capacity)");
  result.cell_rates = {0};  // not yet found
  EXPECT_EQ(subject(result, 0), "gin (off = noop, 50 % of capacity)");
}

/// off, off2, noop, drop and on@100%, each compared with the one before.
TEST(Steps, EachIsSaidOverTheOneBefore) {
  Suite suite = made_up_suite(10);
  suite.arms[2] = testing::test_arm("noop", ArmRole::traced, 0);
  suite.arms[2].state = TracingState::noop;
  suite.arms[3] = testing::test_arm("drop", ArmRole::traced, 0);
  suite.arms[3].state = TracingState::drop;
  suite.reference = kPreviousArm;
  const RunResult result = test_run(suite, [](SegmentRecord& segment) {
    const double ripple = 1 + 0.002 * (segment.spec.block % 3 - 1) * (segment.spec.arm % 2);
    const double us = segment.arm == "drop" ? 22 : segment.arm == "on@100%" ? 26.4 : 20;
    set_cpu_us(segment, us * ripple);
  });
  const std::string text = answer_of(result);
  EXPECT_TRUE(text.starts_with(
      "CPU per request of gin (emulated; not yet measured beside the real one; off = "
      "absent, 3.33 k/s, 50 % of "
      "capacity), step by step: noop over off (the "
      "tracing API is called and does nothing): within noise, "))
      << text;
  EXPECT_NE(text.find("; drop over noop (the SDK is asked and its sampler says no): +10"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("; on@100% over drop (spans are sent): +20"), std::string::npos) << text;
  EXPECT_EQ(text.find("off2"), std::string::npos);
}

TEST(ShamVerdict, IsOneSentenceForAllComparisons) {
  const auto verdict_of = [](const RunResult& result) {
    return sham_verdict(result, analyse(result));
  };
  EXPECT_EQ(verdict_of(test_run(made_up_suite(10))),
            "off2: no difference from off (5 comparisons, tested at 5 % together).");
  EXPECT_EQ(
      verdict_of(test_run(made_up_suite(6))),
      "off2: no difference from off was found. But these are too few blocks to find one among 5 "
      "comparisons: that takes 8 blocks.");
  EXPECT_EQ(verdict_of(test_run(made_up_suite(10),
                                [](SegmentRecord& segment) {
                                  if (segment.arm == "off2") {
                                    set_cpu_us(segment, 20.4 + 0.01 * segment.spec.block);
                                  }
                                })),
            "off2: differs from off in CPU per request of gin (5 comparisons, tested at 5 % "
            "together).");
}

TEST(Remarks, TheSameReasonIsGivenOnce) {
  const Analysis analysis = analyse(test_run(made_up_suite(2)));
  const std::vector<std::string> texts = remarks(analysis, 0);
  ASSERT_EQ(texts.size(), 1U);
  EXPECT_EQ(
      texts[0],
      "void: CPU per request, response p50, response p99, peak memory, context switches per "
      "request "
      "of off2, on@1%, on@10%, on@100%: only 2 blocks were measured; a 95 % interval needs 6");
}

TEST(RunState, CountsWhatThereIs) {
  RunResult result = test_run(made_up_suite(2));
  EXPECT_EQ(run_state(result), "complete: 10 of 10 segments measured, 10 valid");
  result.segments.resize(3);
  testing::make_void(result.segments[0], VoidRule::driver_lag);
  result.status = RunStatus::partial;
  result.partial_reason = "interrupted";
  EXPECT_EQ(run_state(result), "partial: 3 of 10 segments measured, 2 valid (interrupted)");
}

TEST(CommandToRepeat, IsQuotedForTheShellAndCarriesTheSeed) {
  RunResult result = test_run(made_up_suite(1));
  result.plan.seed = 42;
  result.argv = {"/usr/bin/tracetax", "run",   "my suite.json", "--seed", "7",
                 "--seed=8",          "--set", "env.A='b'"};
  EXPECT_EQ(command_to_repeat(result),
            "tracetax run 'my suite.json' --set 'env.A='\\''b'\\''' --seed=42");
  result.argv.clear();
  result.suite.path = "quick";
  EXPECT_EQ(command_to_repeat(result), "tracetax run quick --seed=42");
}

}  // namespace
}  // namespace tracetax

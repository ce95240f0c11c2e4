// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/gate/judgement.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "harness/analysis/gate/gate_validity.h"
#include "harness/analysis/pairs/testing.h"

namespace tracetax {
namespace {

using testing::bare_run;
using testing::cpu_gate;
using testing::jitter;
using testing::pair_suite;
using testing::test_arm;

/// A run of quick effort in which on@10% costs `pct` more.
RunResult run_at(double pct, int blocks = 10, const testing::Shape& shape = {}) {
  return bare_run(
      pair_suite(blocks), cpu_gate(Effort::quick),
      [pct](int block, int arm) {
        return 20 * (1 + (arm == 1 ? pct / 100 : 0)) * jitter(block, arm);
      },
      shape);
}

bool mentions(const std::vector<std::string>& texts, std::string_view words) {
  return std::ranges::any_of(
      texts, [&](const std::string& text) { return text.find(words) != std::string::npos; });
}

TEST(Judge, PassFailAndInconclusive) {
  const Judgement pass = judge(run_at(2)), fail = judge(run_at(9)), middle = judge(run_at(5));
  EXPECT_EQ(pass.verdict, Verdict::pass);
  EXPECT_EQ(fail.verdict, Verdict::fail);
  EXPECT_EQ(middle.verdict, Verdict::inconclusive);
  ASSERT_EQ(fail.tests.size(), 1U);
  const GatedTest& test = fail.tests[0];
  EXPECT_EQ(test.arm, "on@10%");
  EXPECT_EQ(test.reference, "off");
  EXPECT_FALSE(test.absolute);
  EXPECT_EQ(test.bound, 5);
  EXPECT_EQ(test.pairs, 10);
  EXPECT_DOUBLE_EQ(test.p_fail, 1.0 / 1024);  // all ten above: 2^-10
  EXPECT_DOUBLE_EQ(test.p_pass, 1);
  EXPECT_NEAR(*test.estimate_pct, 9, 0.5);
  EXPECT_LT(test.interval_pct->low, *test.estimate_pct);
  EXPECT_GT(test.interval_pct->high, *test.estimate_pct);
  EXPECT_GT(test.interval_pct->low, 5) << "the interval leaves the bound out where the test fails";
  EXPECT_DOUBLE_EQ(test.interval_pct->level, 1 - 2 * 43.0 / 1024);
}

/// The interval of the look and the test of it are one thing seen twice.
TEST(Judge, IntervalAndVerdictAgree) {
  for (double pct = 3; pct < 7; pct += 0.1) {
    const GatedTest test = judge(run_at(pct)).tests[0];
    EXPECT_EQ(test.p_fail <= 0.05, test.interval_pct->low > 5) << pct;
    EXPECT_EQ(test.p_pass <= 0.05, test.interval_pct->high < 5) << pct;
  }
}

TEST(Judge, TheSameAgainToTheLastDigit) {
  const RunResult result = run_at(5.1);
  const Judgement first = judge(result), second = judge(result);
  EXPECT_EQ(first.tests[0].p_fail, second.tests[0].p_fail);
  EXPECT_EQ(first.tests[0].interval_pct->low, second.tests[0].interval_pct->low);
  EXPECT_EQ(first.tests[0].detectable_pct, second.tests[0].detectable_pct);
}

TEST(Judge, LooksAreThoseReached) {
  RunResult result = bare_run(pair_suite(26), cpu_gate(Effort::ci), [](int block, int arm) {
    return 20 * (arm == 1 ? 1.05 : 1.0) * jitter(block, arm);
  });
  const auto first_blocks = [&](int blocks) {
    RunResult some = result;
    some.segments.resize(static_cast<std::size_t>(2 * blocks));
    some.status = RunStatus::partial;
    return judge(some).tests[0];
  };
  EXPECT_EQ(first_blocks(9).looks.size(), 0U);
  EXPECT_EQ(first_blocks(9).verdict, Verdict::inconclusive);
  EXPECT_EQ(first_blocks(10).looks.size(), 1U);
  EXPECT_EQ(first_blocks(19).pairs, 10) << "nothing is judged between looks";
  EXPECT_EQ(first_blocks(19).pairs_usable, 19);
  EXPECT_EQ(first_blocks(20).looks.size(), 2U);
  EXPECT_EQ(first_blocks(20).looks[1].look, (Look{20, 0.03}));
}

TEST(Judge, WhatFollowsTheLastLookChangesNothing) {
  for (const double pct : {2.0, 5.0, 9.0}) {
    const GatedTest ten = judge(run_at(pct, 10)).tests[0];
    const Judgement more = judge(run_at(pct, 13, [](SegmentRecord& segment) {
      if (segment.spec.block >= 10) testing::set_cpu_us(segment, segment.spec.arm == 1 ? 900 : 1);
    }));
    EXPECT_EQ(more.tests[0].verdict, ten.verdict) << pct;
    EXPECT_EQ(more.tests[0].p_fail, ten.p_fail) << pct;
    EXPECT_EQ(more.tests[0].p_pass, ten.p_pass) << pct;
    EXPECT_EQ(more.tests[0].estimate_pct, ten.estimate_pct) << pct;
    EXPECT_EQ(more.tests[0].detectable_pct, ten.detectable_pct) << pct;
  }
}

TEST(Judge, PartialRunsFailButNeverPass) {
  RunResult good = run_at(2), bad = run_at(9);
  good.status = bad.status = RunStatus::partial;
  EXPECT_EQ(judge(good).verdict, Verdict::inconclusive);
  EXPECT_EQ(judge(good).tests[0].verdict, Verdict::pass);
  EXPECT_EQ(judge(bad).verdict, Verdict::fail);
}

TEST(Judge, InvalidRunsStayInvalid) {
  RunResult result = run_at(2);
  result.status = RunStatus::invalid;
  result.partial_reason = "the sink died";
  EXPECT_EQ(judge(result).verdict, Verdict::invalid);
  EXPECT_TRUE(mentions(judge(result).invalid, "the sink died"));
}

TEST(Judge, WhereNothingIsRequiredNothingPasses) {
  RunResult advisory = run_at(2), no_cell = run_at(2);
  advisory.gate->metrics[0].required = false;
  EXPECT_EQ(judge(advisory).tests[0].verdict, Verdict::pass);
  no_cell.plan.cells.clear();
  for (const RunResult& result : {advisory, no_cell}) {
    EXPECT_EQ(judge(result).verdict, Verdict::invalid);
    EXPECT_TRUE(mentions(judge(result).invalid, "nothing was judged"));
  }
}

TEST(Judge, RequiredMetricWithoutDataIsInvalid) {
  const auto unmetered = [](SegmentRecord& segment) { segment.usage.reset(); };
  const Judgement judgement = judge(run_at(2, 10, unmetered));
  EXPECT_EQ(judgement.verdict, Verdict::invalid);
  EXPECT_TRUE(mentions(judgement.invalid, "has no data: 0 usable pairs, the first look needs 10"));
  EXPECT_FALSE(judgement.tests[0].estimate_pct);

  // And that shows early: four blocks without it are enough, three are not.
  RunResult early = run_at(2, 10, unmetered);
  early.status = RunStatus::partial;
  early.segments.resize(8);
  EXPECT_EQ(judge(early).verdict, Verdict::invalid);
  EXPECT_TRUE(is_settled(judge(early), early, 0));
  early.segments.resize(6);
  EXPECT_EQ(judge(early).verdict, Verdict::inconclusive);
}

/// The first look has its ten pairs whatever comes after; that they are enough does not make up for
/// a value that is missing where it may have been the dear one.
TEST(Judge, ValuesMissingInMoreThanAQuarterAreInvalid) {
  const auto judged = [](int lacking, bool required) {
    RunResult result = bare_run(
        pair_suite(26), cpu_gate(Effort::ci),
        [](int block, int arm) { return 20 * jitter(block, arm); },
        [=](SegmentRecord& segment) {
          if (segment.spec.block >= 26 - lacking && segment.spec.arm == 1)
            segment.usage->rss_peak_bytes = 0;
          if (segment.spec.block < 26 - lacking)
            segment.usage->rss_peak_bytes =
                static_cast<std::uint64_t>(12e6 * jitter(segment.spec.block, segment.spec.arm));
        });
    result.gate->metrics.push_back({Metric::rss_peak, required, {5, std::nullopt}, 3});
    return judge(result);
  };
  EXPECT_EQ(judged(6, true).verdict, Verdict::pass);
  EXPECT_EQ(judged(6, true).tests[1].pairs_lacking, 6);
  EXPECT_EQ(judged(7, true).verdict, Verdict::invalid);
  EXPECT_TRUE(mentions(judged(16, true).invalid,
                       "peak memory of on@10% against off: 16 of 26 pairs are lost, 0 to void "
                       "segments, 16 without this value"));
  EXPECT_EQ(judged(16, false).verdict, Verdict::pass) << "advice decides nothing";
  EXPECT_EQ(judged(16, false).tests[1].verdict, Verdict::invalid);
}

TEST(Judge, AdvisoryMetricsDecideNothing) {
  RunResult result = run_at(2, 10, [](SegmentRecord& segment) {
    if (segment.spec.arm == 1) segment.usage->rss_peak_bytes *= 3;
  });
  result.gate->metrics.push_back({Metric::rss_peak, false, {5, std::nullopt}, 3});
  result.gate->metrics.push_back({Metric::response_p99, false, {5, std::nullopt}, 3});
  const Judgement judgement = judge(result);
  EXPECT_EQ(judgement.verdict, Verdict::pass);
  EXPECT_EQ(judgement.tests[1].verdict, Verdict::fail);     // memory
  EXPECT_EQ(judgement.tests[2].verdict, Verdict::invalid);  // no request in the histograms
  EXPECT_TRUE(judgement.invalid.empty());
}

TEST(Judge, CapacityIsWorseWhereItIsLess) {
  Suite suite = pair_suite(10);
  suite.design.capacity = Nanos{1};
  GateSpec gate = cpu_gate(Effort::quick);
  gate.metrics = {{Metric::capacity, true, {5, std::nullopt}, 3}};
  const auto run = [&](double factor) {
    return judge(bare_run(
        suite, gate, [](int, int) { return 20.0; },
        [factor](SegmentRecord& segment) {
          segment.achieved_rate = 30'000 * jitter(segment.spec.block, segment.spec.arm) *
                                  (segment.spec.arm == 1 ? factor : 1);
        }));
  };
  EXPECT_EQ(run(0.98).verdict, Verdict::pass);
  EXPECT_EQ(run(0.90).verdict, Verdict::fail);
  EXPECT_EQ(run(0.95).verdict, Verdict::inconclusive);
  EXPECT_EQ(run(1.30).verdict, Verdict::pass) << "more is better";
  EXPECT_NEAR(*run(0.90).tests[0].estimate_pct, -10, 0.5);
}

/// off is 20 us: 5 % of it is 1 us, so of "5%|2us" the 2 us bind and of "5%|0.5us" the 5 %.
TEST(Judge, TheLargerBoundBinds) {
  const auto judged = [](double pct, Budget budget) {
    RunResult result = run_at(pct);
    result.gate->metrics[0].budget = budget;
    return judge(result).tests[0];
  };
  const GatedTest floor = judged(7, {5, 2.0});
  EXPECT_TRUE(floor.absolute);
  EXPECT_EQ(floor.bound, 2);
  EXPECT_EQ(floor.verdict, Verdict::pass);  // 1.4 us of 2
  EXPECT_NEAR(*floor.estimate, 1.4, 0.05);
  EXPECT_LT(floor.interval->low, 1.4);
  EXPECT_NEAR(*floor.estimate_pct, 7, 0.5);
  EXPECT_EQ(judged(13, {5, 2.0}).verdict, Verdict::fail);  // 2.6 us

  const GatedTest share = judged(7, {5, 0.5});
  EXPECT_FALSE(share.absolute);
  EXPECT_FALSE(share.estimate);
  EXPECT_EQ(share.verdict, Verdict::fail);
  EXPECT_EQ(judged(1, {std::nullopt, 0.5}).verdict, Verdict::pass);  // 0.2 us
  EXPECT_EQ(judged(4, {std::nullopt, 0.5}).verdict, Verdict::fail);  // 0.8 us
}

RunResult run_with_base(double head_pct, double base_pct) {
  Suite suite = pair_suite(10);
  suite.arms.push_back(test_arm("base-on@10%", ArmRole::base, 0.1));
  return bare_run(suite, cpu_gate(Effort::quick, 20), [=](int block, int arm) {
    const double pct = arm == 0 ? 0 : arm == 1 ? head_pct : base_pct;
    return 20 * (1 + pct / 100) * jitter(block, arm);
  });
}

TEST(Judge, BaseArmsAddTheRegressionQuestion) {
  const Judgement worse = judge(run_with_base(10, 3));
  ASSERT_EQ(worse.tests.size(), 2U);
  EXPECT_EQ(worse.tests[0].question, Question::budget);
  EXPECT_EQ(worse.tests[0].verdict, Verdict::pass);
  EXPECT_EQ(worse.tests[1].question, Question::regression);
  EXPECT_EQ(worse.tests[1].reference, "base-on@10%");
  EXPECT_EQ(worse.tests[1].bound, 3);
  EXPECT_EQ(worse.tests[1].verdict, Verdict::fail);  // 6.8 % worse, margin 3 %
  EXPECT_EQ(worse.verdict, Verdict::fail);
  EXPECT_EQ(judge(run_with_base(10, 10)).verdict, Verdict::pass);
  EXPECT_EQ(judge(run_with_base(13.3, 10)).tests[1].verdict, Verdict::inconclusive);
}

/// Two cells, one of them beyond its budget: Holm counts the tests of both.
TEST(Judge, HolmCountsTheTestsOfAllCells) {
  const auto cpu = [](int block, int arm) {
    return 20 * (arm == 1 ? 1.09 : 1.0) * jitter(block, arm);
  };
  const RunResult both = bare_run(
      pair_suite(10), cpu_gate(Effort::quick), cpu,
      [](SegmentRecord& segment) {
        if (segment.spec.cell == 1 && segment.spec.arm == 1) testing::set_cpu_us(segment, 20.01);
      },
      2);
  const Judgement judgement = judge(both);
  EXPECT_DOUBLE_EQ(judgement.tests[0].p_fail_holm, 2 * judgement.tests[0].p_fail);
  EXPECT_EQ(judgement.tests[0].verdict, Verdict::fail);
  EXPECT_EQ(judgement.tests[1].verdict, Verdict::pass);
  EXPECT_EQ(judgement.verdict, Verdict::fail);
}

TEST(Settled, WhenPassedOrSureToFailOrAtTheEnd) {
  const auto settled = [](double pct, int blocks) {
    RunResult result = bare_run(pair_suite(20), cpu_gate(Effort::ci), [pct](int block, int arm) {
      return 20 * (1 + (arm == 1 ? pct / 100 : 0)) * jitter(block, arm);
    });
    result.segments.resize(static_cast<std::size_t>(2 * blocks));
    return is_settled(judge(result), result, 0);
  };
  EXPECT_FALSE(settled(2, 9));
  EXPECT_TRUE(settled(2, 10));
  EXPECT_TRUE(settled(9, 10));
  EXPECT_FALSE(settled(5, 10));
  EXPECT_FALSE(settled(5, 19));
  EXPECT_TRUE(settled(5, 20));
}

TEST(ExitCodes, FollowThePolicy) {
  for (const auto policy :
       {InconclusivePolicy::fail, InconclusivePolicy::warn, InconclusivePolicy::pass}) {
    EXPECT_EQ(exit_code_of(Verdict::pass, policy), ExitCode::pass);
    EXPECT_EQ(exit_code_of(Verdict::fail, policy), ExitCode::fail);
    EXPECT_EQ(exit_code_of(Verdict::invalid, policy), ExitCode::invalid);
  }
  EXPECT_EQ(exit_code_of(Verdict::inconclusive, InconclusivePolicy::fail), ExitCode::fail);
  EXPECT_EQ(exit_code_of(Verdict::inconclusive, InconclusivePolicy::warn), ExitCode::inconclusive);
  EXPECT_EQ(exit_code_of(Verdict::inconclusive, InconclusivePolicy::pass), ExitCode::pass);
}

TEST(Anytime, JudgesAfterAnyBlock) {
  const auto at = [](double pct, int blocks) {
    RunResult result = run_at(pct, 13);
    result.gate->stop = StopRule::anytime;
    result.segments.resize(static_cast<std::size_t>(2 * blocks));
    return judge(result);
  };
  EXPECT_EQ(at(9, 5).tests[0].verdict, Verdict::inconclusive);
  EXPECT_FALSE(at(9, 5).tests[0].interval_pct);
  EXPECT_EQ(at(9, 9).tests[0].verdict, Verdict::fail);
  EXPECT_GT(at(9, 9).tests[0].interval_pct->low, 5);
  EXPECT_EQ(at(1, 9).tests[0].verdict, Verdict::pass);
  EXPECT_TRUE(at(9, 9).tests[0].looks.empty());
  EXPECT_EQ(at(9, 13).tests[0].pairs, 10) << "no more than the last look";
}

}  // namespace
}  // namespace tracetax

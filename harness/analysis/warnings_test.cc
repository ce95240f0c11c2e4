// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/warnings.h"

#include <gtest/gtest.h>

#include <functional>

#include "harness/core/testing.h"

namespace tracetax {
namespace {

using testing::set_cpu_us;
using testing::test_run;
using testing::test_suite;

std::string warnings_of(const RunResult& result) {
  std::string all;
  for (const std::string& warning : analyse(result).warnings) all += warning + "\n";
  return all;
}

bool says(const RunResult& result, const std::string& text) {
  return warnings_of(result).find(text) != std::string::npos;
}

void hold_up(SegmentRecord& segment, std::int64_t of_thousand) {
  segment.times.lag.reset();
  segment.times.lag.record(1'000, 1'000 - of_thousand);
  segment.times.lag_held_up.record(2'000'000, of_thousand);
}

void record_lag(SegmentRecord& segment, std::int64_t ns) {
  segment.times.lag.reset();
  segment.times.lag.record(ns + segment.spec.block, 1'000);
}

TEST(Warnings, AGoodRunHasNone) { EXPECT_EQ(warnings_of(test_run(test_suite(10))), ""); }

TEST(Warnings, BelowTenBlocksEachWordStandsAlone) {
  EXPECT_TRUE(
      says(test_run(test_suite(9)),
           "with 9 blocks each comparison is tested by itself: 1 in 20 says higher or lower "
           "by chance, so expect 1 of 20 here"))
      << warnings_of(test_run(test_suite(9)));
  EXPECT_EQ(warnings_of(test_run(test_suite(2))), "");  // no words
}

TEST(Warnings, ShamArmThatMoved) {
  const RunResult result = test_run(test_suite(8), [](SegmentRecord& segment) {
    if (segment.arm == "off2") set_cpu_us(segment, 20.4 + 0.01 * segment.spec.block);
  });
  EXPECT_TRUE(says(result,
                   "gin: the noise-floor arm off2 differs from off in CPU per request by +2.17 % "
                   "[+2.05, +2.30]"))
      << warnings_of(result);
}

TEST(Warnings, OffThatCostsWhatTracingCostsIsNotOff) {
  const auto with_drop = [](double off_us, double drop_us) {
    Suite suite = test_suite(10);
    suite.arms[2] = testing::test_arm("on@0%", ArmRole::traced, 0);
    suite.arms[2].state = TracingState::drop;
    return test_run(suite, [=](SegmentRecord& segment) {
      const double ripple = 1 + 0.001 * ((segment.spec.block + segment.spec.arm) % 3 - 1);
      if (segment.arm == "off") set_cpu_us(segment, off_us * ripple);
      if (segment.arm == "on@0%") set_cpu_us(segment, drop_us * ripple);
    });
  };
  const std::string text = "off may still carry the instrumentation: off and on@0%, which traces";
  EXPECT_TRUE(says(with_drop(10, 10), text)) << warnings_of(with_drop(10, 10));
  EXPECT_FALSE(says(with_drop(10, 10.3), text));  // 0.3 us is what asking a sampler costs
  EXPECT_FALSE(says(with_drop(1000, 1000.3), text)) << "0.03 % of a dear service may be an SDK";
  EXPECT_FALSE(says(test_run(test_suite(10)), text));
}

TEST(Warnings, LagThatDiffersBetweenArms) {
  // Response p50 is near 410 us: differences below 1 % of it (4 us) do not show.
  const auto with_lag = [](std::int64_t on_ns) {
    return test_run(test_suite(8), [=](SegmentRecord& segment) {
      record_lag(segment, segment.arm == "on@100%" ? on_ns : 10'000);
    });
  };
  EXPECT_TRUE(
      says(with_lag(15'000), "driver lag p50 differs between off (10 us) and on@100% (15 us)"))
      << warnings_of(with_lag(15'000));
  EXPECT_TRUE(says(with_lag(15'000), "the response p99 of that arm includes"));
  EXPECT_TRUE(says(with_lag(5'000), "driver lag p50 differs"));
  EXPECT_FALSE(says(with_lag(11'000), "driver lag"));
}

TEST(Warnings, StallsOfTheMachine) {
  const auto with_stalls = [](std::int64_t off, std::int64_t on) {
    return test_run(test_suite(10), [=](SegmentRecord& segment) {
      hold_up(segment, segment.arm == "on@100%" ? on : off);
    });
  };
  EXPECT_TRUE(says(with_stalls(10, 10), "held up 1 % of the requests"))
      << warnings_of(with_stalls(10, 10));
  EXPECT_FALSE(says(with_stalls(10, 10), "includes the difference"));
  EXPECT_TRUE(says(with_stalls(0, 20), "held up 0 % of the requests in off and 2 % in on@100%"))
      << warnings_of(with_stalls(0, 20));
  EXPECT_EQ(warnings_of(with_stalls(1, 1)), "");
}

TEST(Warnings, DriftOfTheOffArm) {
  const auto drifting = [](double step) {
    return test_run(test_suite(10), [=](SegmentRecord& segment) {
      const double zigzag = segment.spec.block % 2 == 0 ? 0.3 : -0.3;
      set_cpu_us(segment, 20 + step * segment.spec.block + zigzag);
    });
  };
  EXPECT_TRUE(says(drifting(1), "CPU per request of off rises over the run"))
      << warnings_of(drifting(1));
  EXPECT_TRUE(says(drifting(-1), "falls over the run"));
  EXPECT_FALSE(says(drifting(0), "over the run"));
}

/// A loop that took `slow` times its time alone in the open segments.
RunResult run_beside_neighbours(const std::function<double(const SegmentSpec&)>& slow) {
  return test_run(test_suite(8), [&slow](SegmentRecord& segment) {
    segment.core = CoreSpeed{.mean_ns = 10'000 * slow(segment.spec),
                             .fastest_ns = 10'000,
                             .slow_share = 0.25,
                             .probes = 125};
  });
}

TEST(Warnings, NeighboursOnTheCoreAreNamedArmByArm) {
  const RunResult shared = run_beside_neighbours(
      [](const SegmentSpec& spec) { return (spec.block + spec.arm) % 2 == 0 ? 1.5 : 1.3; });
  EXPECT_TRUE(says(shared, "off 1.4 times for 25 % of the time; off2 1.4 times"))
      << warnings_of(shared);
  EXPECT_TRUE(says(shared, "All numbers include it"));
  EXPECT_FALSE(says(run_beside_neighbours([](const SegmentSpec&) { return 1.05; }), "shared"));
}

TEST(Warnings, NobodyElseIsBlamedForTheDriverOnTheTargetsCpu) {
  RunResult result = run_beside_neighbours([](const SegmentSpec&) { return 1.8; });
  EXPECT_TRUE(says(result, "A neighbour (another program"));
  result.pinned_shared = "0";
  EXPECT_FALSE(says(result, "A neighbour")) << warnings_of(result);
  EXPECT_TRUE(says(result, "The driver itself does that: CPU 0 is its own too"));
}

/// A target whose exporter runs on the other hardware thread of its own core: no neighbour, and
/// nothing that turns could put right.
TEST(Warnings, ASlowdownThatDependsOnTheArmIsNoNeighbour) {
  const RunResult own = run_beside_neighbours(
      [](const SegmentSpec& spec) { return spec.arm == 4 ? 1.06 : 1.0 + 0.001 * spec.block; });
  EXPECT_TRUE(says(own, "slower in one arm: 1 times in off, 1.06 times in on@100%"))
      << warnings_of(own);
  EXPECT_FALSE(says(own, "times in on@10%"));
}

TEST(Warnings, StolenAndThrottledCpu) {
  const RunResult result = test_run(test_suite(6), [](SegmentRecord& segment) {
    if (segment.spec.block == 0) segment.steal_pct = segment.spec.position == 0 ? 5.1 : 2;
    if (segment.spec.block == 1) segment.throttled = 3;
  });
  EXPECT_TRUE(says(result, "in 1 of 30 segments (most: 5.1 %)")) << warnings_of(result);
  EXPECT_TRUE(says(result, "throttled 5 of 30 segments"));
}

TEST(Warnings, BuildsThatAreNotForMeasuring) {
  RunResult result = test_run(test_suite(1));
  result.tool.build_type = "Debug";
  EXPECT_TRUE(says(result, "Debug build"));
  result.tool.sanitized = true;
  EXPECT_TRUE(says(result, "sanitizers"));
}

TEST(Warnings, AnswersThatDiffer) {
  const RunResult result = test_run(test_suite(2), [](SegmentRecord& segment) {
    if (segment.arm == "on@10%") segment.answer_digest = "0000";
  });
  EXPECT_TRUE(says(result, "on@10% gave another answer than off")) << warnings_of(result);
}

TEST(Warnings, WordsOfTheRunAndItsSegmentsAreKeptOnce) {
  RunResult result = test_run(test_suite(2), [](SegmentRecord& segment) {
    if (segment.arm == "off") segment.warnings = {"pinning failed"};
  });
  result.warnings = {"one core only"};
  EXPECT_EQ(warnings_of(result), "one core only\npinning failed (in 2 of 10 segments)\n");
}

TEST(Warnings, WhatElseCameToTheSink) {
  const RunResult result = test_run(test_suite(10), [](SegmentRecord& segment) {
    if (segment.arm != "on@100%") return;
    segment.receipt.refusals = {{"path /x", 2}, {"method GET", 1}};
    segment.receipt.other_signals = 3;
  });
  EXPECT_TRUE(says(result, "in on@100% the sink refused 10 x method GET, 20 x path /x\n"))
      << warnings_of(result);
  EXPECT_TRUE(says(result, "on@100% exported metrics or logs too (30 payloads)"));
  EXPECT_FALSE(says(result, "off exported"));
}

TEST(Warnings, AForcedGateSaysSo) {
  RunResult result = test_run(test_suite(6));
  result.gate = GateSpec{};
  EXPECT_TRUE(find_warnings(result, {}).empty());
  result.gate->forced = true;
  const auto warnings = find_warnings(result, {});
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_NE(warnings[0].find("--force"), std::string::npos);
}

}  // namespace
}  // namespace tracetax

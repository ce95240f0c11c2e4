// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/gate/gate_validity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "harness/analysis/gate/judgement.h"
#include "harness/analysis/pairs/testing.h"

namespace tracetax {
namespace {

using testing::bare_run;
using testing::cpu_gate;
using testing::jitter;
using testing::make_void;

/// off, off2, on@1%, on@10%; on@10% costs 2 %, so that all is well but for what `shape` does.
RunResult good_run(const testing::Shape& shape, int blocks = 13) {
  Suite suite = testing::test_suite(blocks);
  suite.arms.pop_back();
  return bare_run(
      suite, cpu_gate(Effort::quick),
      [](int block, int arm) { return 20 * (arm == 3 ? 1.02 : 1.0) * jitter(block, arm); }, shape);
}

bool mentions(const Judgement& judgement, std::string_view words) {
  return std::ranges::any_of(judgement.invalid, [&](const std::string& text) {
    return text.find(words) != std::string::npos;
  });
}

/// One segment, of block 4 and the named arm.
testing::Shape one(const std::string& arm, VoidRule rule) {
  return [=](SegmentRecord& segment) {
    if (segment.spec.block == 4 && segment.arm == arm) make_void(segment, rule, "7 spans missing");
  };
}

TEST(GateValidity, GoodRunsHaveNone) {
  const Judgement judgement = judge(good_run({}));
  EXPECT_EQ(judgement.verdict, Verdict::pass);
  EXPECT_TRUE(judgement.invalid.empty());
}

TEST(GateValidity, OneSegmentThatLostSpansSpoilsTheRun) {
  for (const VoidRule rule :
       {VoidRule::receipt_open, VoidRule::too_many_errors, VoidRule::target_restarted,
        VoidRule::target_failed, VoidRule::target_killed}) {
    const Judgement judgement = judge(good_run(one("on@10%", rule)));
    EXPECT_EQ(judgement.verdict, Verdict::invalid) << name_of(rule);
    EXPECT_TRUE(mentions(judgement, "7 spans missing")) << name_of(rule);
    EXPECT_TRUE(mentions(judgement, "block 5, on@10%")) << name_of(rule);
  }
  EXPECT_EQ(judge(good_run(one("off", VoidRule::target_failed))).verdict, Verdict::invalid);
}

TEST(GateValidity, ArmsThatNobodyJudgesMayBeBroken) {
  EXPECT_EQ(judge(good_run(one("on@1%", VoidRule::receipt_open))).verdict, Verdict::pass);
}

/// Blocks lost to the driver: three of any run, or a quarter; four of 13 are too many.
TEST(GateValidity, AQuarterMayBeLostToTheDriver) {
  const auto lost = [](int count, int blocks = 13) {
    return judge(good_run(
        [=](SegmentRecord& segment) {
          if (segment.spec.block < count && segment.arm == "off")
            make_void(segment, VoidRule::driver_saturated, "busy 93 %");
        },
        blocks));
  };
  EXPECT_EQ(lost(3).verdict, Verdict::pass);
  EXPECT_EQ(lost(3).tests[0].pairs, 10);
  EXPECT_EQ(lost(3).tests[0].pairs_void, 3);
  EXPECT_EQ(lost(4).verdict, Verdict::invalid);
  EXPECT_TRUE(mentions(lost(4), "4 of 13 blocks are lost"));
  EXPECT_TRUE(mentions(lost(4), "busy 93 %"));
  EXPECT_EQ(lost(4, 16).verdict, Verdict::pass);
  EXPECT_EQ(lost(5, 16).verdict, Verdict::invalid);
}

TEST(GateValidity, AShamThatMovedIsToldAboutTheBlocksLookedAt) {
  const auto moved_in = [](int first, int last) {
    return judge(good_run([=](SegmentRecord& segment) {
      const int block = segment.spec.block;
      if (segment.arm == "off2" && block >= first && block < last)
        testing::set_cpu_us(segment, 22 * jitter(block, 9));
    }));
  };
  EXPECT_EQ(moved_in(0, 13).verdict, Verdict::invalid);
  EXPECT_TRUE(mentions(moved_in(0, 13), "CPU per request of off2 differs from off"));
  EXPECT_EQ(moved_in(0, 4).verdict, Verdict::pass) << "four of ten are no proof";
  EXPECT_EQ(moved_in(10, 13).verdict, Verdict::pass) << "after the last look";
}

/// 130,000 requests an arm: 10 errors against none have p = 0.002 (of the 100,000 looked at), 5
/// have 0.06.
TEST(GateValidity, ErrorSharesThatDifferAreInvalid) {
  const auto errors_per_block = [](std::uint64_t errors, int first, int last, const char* arm) {
    return judge(good_run([=](SegmentRecord& segment) {
      if (segment.arm == arm && segment.spec.block >= first && segment.spec.block < last)
        segment.errors["timeout"] = errors;
    }));
  };
  EXPECT_EQ(errors_per_block(1, 0, 13, "on@10%").verdict, Verdict::invalid);
  EXPECT_TRUE(mentions(errors_per_block(1, 0, 13, "on@10%"), "10 of 100,000 in on@10%"));
  EXPECT_EQ(errors_per_block(1, 0, 5, "on@10%").verdict, Verdict::pass);
  EXPECT_EQ(errors_per_block(1, 0, 13, "off").verdict, Verdict::invalid) << "either way round";
  EXPECT_EQ(errors_per_block(10, 10, 13, "on@10%").verdict, Verdict::pass) << "after the last look";
  EXPECT_EQ(errors_per_block(1, 0, 13, "on@1%").verdict, Verdict::pass) << "not judged";
}

TEST(GateValidity, CapacitySegmentsMatterOnlyIfJudged) {
  Suite suite = testing::pair_suite(10);
  suite.design.capacity = Nanos{1};
  GateSpec gate = cpu_gate(Effort::quick);
  const auto run = [&] {
    return judge(bare_run(
        suite, gate, [](int block, int arm) { return 20 * jitter(block, arm); },
        [](SegmentRecord& segment) {
          if (segment.spec.kind == SegmentKind::capacity)
            make_void(segment, VoidRule::target_failed, "refused");
        }));
  };
  EXPECT_EQ(run().verdict, Verdict::pass);
  gate.metrics.push_back({Metric::capacity, false, {5, std::nullopt}, 3});
  EXPECT_EQ(run().verdict, Verdict::invalid);
}

/// A traced arm that is dropped more often than off leaves pairs that are chosen by how they came
/// out.
TEST(GateValidity, WhatTheDriverDropsMustNotDependOnTheArm) {
  const auto late_in = [](const std::string& arm) {
    return [arm](SegmentRecord& segment) {
      const bool often = segment.spec.block % 3 != 0;
      if (often && (arm.empty() || segment.arm == arm)) make_void(segment, VoidRule::driver_lag);
    };
  };
  EXPECT_TRUE(mentions(judge(good_run(late_in("on@10%"), 36)), "segments of off and 18 of"))
      << judge(good_run(late_in("on@10%"), 36)).invalid.size();
  EXPECT_FALSE(mentions(judge(good_run(late_in(""), 36)), "depends on the arm"));
}

}  // namespace
}  // namespace tracetax

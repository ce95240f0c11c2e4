// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/run_comparison.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "harness/core/suite/suite_writer.h"
#include "harness/core/testing.h"

namespace tracetax {
namespace {

using testing::make_void;
using testing::set_cpu_us;
using testing::test_arm;
using testing::test_run;
using testing::test_suite;

constexpr Metric kCpu = Metric::cpu_per_request;

/// off at 20 us and on@10% `overhead` times dearer, each pair with noise of half a percent.
struct Made {
  double overhead = 1.05;
  int blocks = 12;
  unsigned seed = 1;
};

RunResult made_run(const Made& made, const testing::Shape& shape = {}) {
  Suite suite = test_suite(made.blocks);
  suite.arms = {test_arm("off", ArmRole::off, 0), test_arm("off2", ArmRole::sham, 0),
                test_arm("on@10%", ArmRole::traced, 0.1)};
  std::mt19937_64 random(made.seed);
  std::normal_distribution<double> noise(0, 0.005);
  RunResult result = test_run(suite, [&](SegmentRecord& segment) {
    const double session = 1 + 0.3 * made.seed;  // absolute numbers say nothing
    const double on = segment.arm == "on@10%" ? made.overhead : 1;
    set_cpu_us(segment, 20 * session * on * std::exp(noise(random)));
    if (shape) shape(segment);
  });
  result.machine.fingerprint_sha256 = std::string(64, 'a');
  result.suite.digest_sha256 = std::string(64, 'c');
  result.suite.resolved = resolved_form(result.suite);
  return result;
}

const OverheadChange& find(const RunComparison& comparison, Metric metric, const std::string& arm) {
  for (const OverheadChange& change : comparison.changes) {
    if (change.metric == metric && change.arm == arm) return change;
  }
  static const OverheadChange none;
  ADD_FAILURE() << "no comparison of " << name_of(metric) << ", " << arm;
  return none;
}

TEST(RunComparison, TheSameOverheadIsWithinTheMargin) {
  const RunComparison comparison = compare_runs(made_run({}), made_run({.seed = 2}), {});
  const OverheadChange& cpu = find(comparison, kCpu, "on@10%");
  EXPECT_EQ(cpu.change, Change::within_margin);
  EXPECT_TRUE(cpu.decides);
  EXPECT_EQ(cpu.margin_pct, 3);
  EXPECT_NEAR(cpu.before.pct.value(), 5, 0.5);
  EXPECT_NEAR(cpu.after.pct.value(), 5, 0.5);
  EXPECT_LT(cpu.interval_pct->low, cpu.change_pct.value());
  EXPECT_GT(cpu.interval_pct->high, cpu.change_pct.value());
  EXPECT_EQ(comparison.verdict, Verdict::pass);
  EXPECT_TRUE(comparison.differences.empty());
  EXPECT_TRUE(comparison.only_one.empty());
}

TEST(RunComparison, ALargerOverheadRegressedAndASmallerOneImproved) {
  const RunResult low = made_run({}), high = made_run({.overhead = 1.05 * 1.08, .seed = 2});
  const RunComparison worse = compare_runs(low, high, {});
  EXPECT_EQ(find(worse, kCpu, "on@10%").change, Change::regressed);
  EXPECT_NEAR(find(worse, kCpu, "on@10%").change_pct.value(), 8, 1);
  EXPECT_EQ(worse.verdict, Verdict::fail);

  const RunComparison better = compare_runs(high, low, {});
  EXPECT_EQ(find(better, kCpu, "on@10%").change, Change::improved);
  EXPECT_EQ(better.verdict, Verdict::pass);

  Margins wide;
  for (const Metric metric : all_metrics()) wide.pct[metric] = 12;
  const RunComparison tolerant = compare_runs(low, high, wide);
  EXPECT_EQ(find(tolerant, kCpu, "on@10%").change, Change::within_margin);
  EXPECT_EQ(tolerant.verdict, Verdict::pass);
}

TEST(RunComparison, WhatLiesAtTheMarginCannotBeTold) {
  const RunComparison comparison =
      compare_runs(made_run({}), made_run({.overhead = 1.05 * 1.03, .seed = 2}), {});
  EXPECT_EQ(find(comparison, kCpu, "on@10%").change, Change::cannot_tell);
  EXPECT_EQ(comparison.verdict, Verdict::inconclusive);
}

// Known answers: log-ratios ln 1.10 ... against ln 1.12 ...; median of the 36 differences and the
// 8th from both ends (c = 8 of 6 and 6 at one-sided 0.05), computed apart in Python.
TEST(RunComparison, KnownAnswer) {
  const std::vector<double> ratios[2] = {{1.10, 1.12, 1.08, 1.11, 1.30, 1.09},
                                         {1.15, 1.12, 1.19, 1.14, 1.21, 1.16}};
  const auto run = [&](std::size_t which) {
    return made_run({.blocks = 6, .seed = 1}, [&, which](SegmentRecord& segment) {
      const auto block = static_cast<std::size_t>(segment.spec.block);
      set_cpu_us(segment, segment.arm == "on@10%" ? 20 * ratios[which][block] : 20);
    });
  };
  const RunComparison comparison = compare_runs(run(0), run(1), {});
  const OverheadChange& cpu = find(comparison, kCpu, "on@10%");
  EXPECT_NEAR(cpu.change_pct.value(), 4.5249775, 1e-3);
  EXPECT_NEAR(cpu.interval_pct->low, 0.9009009, 1e-3);
  EXPECT_NEAR(cpu.interval_pct->high, 8.0357143, 1e-3);
  EXPECT_NEAR(cpu.p_worse, 224.0 / 924, 1e-9);
}

TEST(RunComparison, MoreCapacityIsBetter) {
  const auto run = [](double share, unsigned seed) {
    Suite suite = test_suite(8);
    suite.arms = {test_arm("off", ArmRole::off, 0), test_arm("on@10%", ArmRole::traced, 0.1)};
    suite.design.capacity = std::chrono::milliseconds{300};
    std::mt19937_64 random(seed);
    return test_run(suite, [&](SegmentRecord& segment) {
      const double noise = 1 + 1e-4 * static_cast<double>(random() % 20);
      const bool on = segment.arm == "on@10%";
      if (segment.spec.kind == SegmentKind::capacity) {
        segment.achieved_rate = 30'000 * noise * (on ? share : 1);
      }
    });
  };
  const RunResult low = run(0.8, 1), high = run(0.9, 2);
  EXPECT_EQ(find(compare_runs(low, high, {}), Metric::capacity, "on@10%").change, Change::improved);
  const RunComparison lower = compare_runs(high, low, {});
  EXPECT_EQ(find(lower, Metric::capacity, "on@10%").change, Change::regressed);
  EXPECT_EQ(lower.verdict, Verdict::fail);
}

TEST(RunComparison, TheControlNeverRegressesButIsWarnedOf) {
  const RunResult after = made_run({.seed = 2}, [](SegmentRecord& segment) {
    if (segment.arm == "off2") segment.usage->cpu_ns = segment.usage->cpu_ns * 12 / 10;
  });
  const RunComparison comparison = compare_runs(made_run({}), after, {});
  const OverheadChange& control = find(comparison, kCpu, "off2");
  EXPECT_TRUE(control.control);
  EXPECT_FALSE(control.decides);
  EXPECT_EQ(control.change, Change::cannot_tell);
  EXPECT_EQ(comparison.verdict, Verdict::pass);
  ASSERT_EQ(comparison.warnings.size(), 1U);
  EXPECT_NE(comparison.warnings[0].find("off2"), std::string::npos);
}

TEST(RunComparison, LostSpansAreNoOverhead) {
  const RunResult after = made_run({.seed = 2}, [](SegmentRecord& segment) {
    if (segment.arm == "on@10%" && segment.spec.block == 3) {
      make_void(segment, VoidRule::receipt_open, "5 spans are missing");
    }
  });
  const RunComparison comparison = compare_runs(made_run({}), after, {});
  const OverheadChange& cpu = find(comparison, kCpu, "on@10%");
  EXPECT_EQ(cpu.change, Change::void_);
  EXPECT_FALSE(cpu.change_pct);
  EXPECT_EQ(cpu.reason, "after: receipt_open in block 4, on@10%: 5 spans are missing");
  EXPECT_EQ(comparison.verdict, Verdict::inconclusive);
  EXPECT_EQ(find(comparison, kCpu, "off2").change, Change::within_margin);
}

TEST(RunComparison, ALateDriverCostsAPair) {
  const RunResult after = made_run({.seed = 2}, [](SegmentRecord& segment) {
    if (segment.spec.block < 3) make_void(segment, VoidRule::driver_lag);
  });
  const RunComparison comparison = compare_runs(made_run({}), after, {});
  EXPECT_EQ(find(comparison, kCpu, "on@10%").after.blocks, 9);
  EXPECT_EQ(find(comparison, kCpu, "on@10%").change, Change::within_margin);
  const RunComparison few = compare_runs(made_run({}), made_run({.blocks = 5, .seed = 2}), {});
  EXPECT_EQ(find(few, kCpu, "on@10%").change, Change::void_);
  EXPECT_EQ(few.verdict, Verdict::inconclusive);
}

TEST(RunComparison, WhatOneRunLacksIsSaid) {
  RunResult other = made_run({.seed = 2});
  other.suite.arms[2].name = "on@1%";
  const RunComparison comparison = compare_runs(made_run({}), other, {});
  EXPECT_EQ(comparison.only_one,
            (std::vector<std::string>{"on@10% is in before only", "on@1% is in after only"}));
  EXPECT_EQ(comparison.verdict, Verdict::inconclusive);  // nothing that decides was compared
}

// An A/A check of the whole chain: with no change, and with one at the margin, worse is rare.
TEST(RunComparison, FalseAlarmsAreRare) {
  int alarms = 0;
  constexpr unsigned kRounds = 40;
  for (unsigned seed = 0; seed < kRounds; ++seed) {
    const RunComparison comparison =
        compare_runs(made_run({.blocks = 8, .seed = 2 * seed}),
                     made_run({.overhead = 1.05 * 1.03, .blocks = 8, .seed = 2 * seed + 1}), {});
    alarms += comparison.verdict == Verdict::fail ? 1 : 0;
  }
  EXPECT_LE(alarms, 6);  // 2 are expected at most; 7 of 40 at 5 % would be one in 200
}

const RunDifference* find(const std::vector<RunDifference>& all, const std::string& what) {
  const auto found = std::ranges::find(all, what, &RunDifference::what);
  return found == all.end() ? nullptr : &*found;
}

TEST(RunDifferences, SuiteAndMachineForbid) {
  RunResult other = made_run({});
  other.machine.fingerprint_sha256 = std::string(64, 'b');
  other.machine.kernel = "Linux 7";
  other.suite.digest_sha256 = std::string(64, 'd');
  const auto all = find_differences(made_run({}), other);
  ASSERT_NE(find(all, "machine fingerprint"), nullptr);
  EXPECT_TRUE(find(all, "machine fingerprint")->forbids);
  EXPECT_EQ(find(all, "machine fingerprint")->after, "bbbbbbbbbbbb");
  ASSERT_NE(find(all, "suite digest"), nullptr);
  EXPECT_TRUE(find(all, "suite digest")->forbids);
  ASSERT_NE(find(all, "kernel"), nullptr);
  EXPECT_FALSE(find(all, "kernel")->forbids);
  EXPECT_EQ(find(all, "kernel")->after, "Linux 7");
}

TEST(RunDifferences, AnUnknownMachineIsNotTheSame) {
  RunResult one = made_run({}), other = made_run({});
  one.machine.fingerprint_sha256 = other.machine.fingerprint_sha256 = "";
  const auto all = find_differences(one, other);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_TRUE(all[0].forbids);
}

TEST(RunDifferences, LoadDesignRatesAndPrograms) {
  RunResult one = made_run({}), other = made_run({});
  SubjectFacts subject;
  subject.name = "gin";
  subject.binary_sha256 = std::string(64, 'e');
  subject.arm_env = {{"on@10%", {{"A", "1"}, {"OTEL_EXPORTER_OTLP_ENDPOINT", "http://x:1"}}}};
  one.subjects = {subject};
  subject.binary_sha256 = std::string(64, 'f');
  subject.arm_env["on@10%"]["A"] = "2";
  subject.arm_env["on@10%"]["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://x:2";
  other.subjects = {subject};
  other.suite.load.connections = 8;
  other.suite.design.measure = std::chrono::seconds{1};
  other.suite.resolved = resolved_form(other.suite);
  other.cell_rates = {one.cell_rates[0] * 1.1};
  const auto all = find_differences(one, other);
  ASSERT_NE(find(all, "load.connections"), nullptr);
  EXPECT_EQ(find(all, "load.connections")->before, "16");
  ASSERT_NE(find(all, "design.measure"), nullptr);
  EXPECT_EQ(find(all, "design.measure")->after, "1s");
  EXPECT_NE(find(all, "rate of gin"), nullptr);
  EXPECT_NE(find(all, "program of gin"), nullptr);
  ASSERT_NE(find(all, "environment of gin, on@10%"), nullptr);
  EXPECT_EQ(find(all, "environment of gin, on@10%")->before, "A=1");
  EXPECT_EQ(all.size(), 5U);
  for (const RunDifference& difference : all) EXPECT_FALSE(difference.forbids);
  other.cell_rates = {one.cell_rates[0] * 1.01};
  EXPECT_EQ(find(find_differences(one, other), "rate of gin"), nullptr);
}

}  // namespace
}  // namespace tracetax

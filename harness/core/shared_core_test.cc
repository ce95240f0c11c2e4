// SPDX-License-Identifier: Apache-2.0
#include "harness/core/shared_core.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>

#include "harness/core/metric_value.h"
#include "harness/core/testing.h"

namespace tracetax {
namespace {

constexpr double kAloneNs = 10'000;

/// The loop takes 1.6 times as long beside a neighbour. By bad luck that is in four of five
/// segments of the dearest arm and in two of five of the others: who does not tell arms apart takes
/// some of its cost for the neighbour's.
double slowdown_in(const SegmentSpec& spec) {
  return (spec.block + 2 * spec.arm) % 5 < (spec.arm == 4 ? 4 : 2) ? 1.6 : 1.0;
}

void probe(SegmentRecord& segment, double slow) {
  segment.core = CoreSpeed{
      .mean_ns = kAloneNs * slow, .fastest_ns = kAloneNs * (slow > 1 ? 1.2 : 1), .probes = 125};
}

void cost_more(SegmentRecord& segment, double factor) {
  segment.usage->cpu_ns =
      static_cast<std::uint64_t>(static_cast<double>(segment.usage->cpu_ns) * factor);
}

RunResult shared_run(double gamma, int blocks = 10) {
  RunResult result =
      testing::test_run(testing::test_suite(blocks), [gamma](SegmentRecord& segment) {
        const double slow = slowdown_in(segment.spec);
        probe(segment, slow);
        cost_more(segment, std::pow(slow, gamma));
      });
  correct_for_shared_cores(result);
  return result;
}

/// A known answer: what was put in is taken out, in every arm, though the arms differ by 28 %.
TEST(SharedCore, TakesOutWhatANeighbourAdded) {
  const RunResult clean = testing::test_run(testing::test_suite(10));
  const RunResult shared = shared_run(0.7);
  EXPECT_NEAR(shared_cores(shared).gammas.at(SegmentKind::open).at(0), 0.7, 1e-6);
  for (std::size_t i = 0; i < clean.segments.size(); ++i) {
    EXPECT_NEAR(value_of(shared.segments[i], Metric::cpu_per_request).value(),
                value_of(clean.segments[i], Metric::cpu_per_request).value(), 1e-4);
  }
}

TEST(SharedCore, ATargetThatNeighboursDoNotSlowStaysAsItWas) {
  const RunResult shared = shared_run(0);
  EXPECT_NEAR(shared_cores(shared).gammas.at(SegmentKind::open).at(0), 0, 1e-6);
  for (const SegmentRecord& segment : shared.segments) EXPECT_NEAR(segment.alone_factor, 1, 1e-6);
}

TEST(SharedCore, WhatGetsCheaperBesideANeighbourIsNoEffectOfSharing) {
  EXPECT_EQ(shared_cores(shared_run(-0.5)).gammas.at(SegmentKind::open).at(0), 0);
}

TEST(SharedCore, NoSlopeSteeperThanOneAndAHalfIsBelieved) {
  EXPECT_EQ(shared_cores(shared_run(4)).gammas.at(SegmentKind::open).at(0), 1.5);
}

TEST(SharedCore, TooFewSegmentsCorrectNothing) {
  const RunResult shared = shared_run(0.7, 5);
  EXPECT_EQ(shared_cores(shared).gammas.at(SegmentKind::open).at(0), 0);
  for (const SegmentRecord& segment : shared.segments) EXPECT_EQ(segment.alone_factor, 1);
}

TEST(SharedCore, TheJitterOfTheClockCorrectsNothing) {
  RunResult result = testing::test_run(testing::test_suite(10), [](SegmentRecord& segment) {
    const double jitter = slowdown_in(segment.spec) > 1 ? 1.004 : 1;
    probe(segment, jitter);
    cost_more(segment, jitter);
  });
  EXPECT_EQ(shared_cores(result).gammas.at(SegmentKind::open).at(0), 0);
}

TEST(SharedCore, VoidSegmentsDoNotTeach) {
  RunResult result = testing::test_run(testing::test_suite(10), [](SegmentRecord& segment) {
    const double slow = slowdown_in(segment.spec);
    probe(segment, slow);
    cost_more(segment, std::pow(slow, 0.7));
    if (segment.spec.block != 4) return;
    cost_more(segment, slow * 3);
    segment.voids.push_back({VoidRule::driver_lag, ""});
  });
  EXPECT_NEAR(shared_cores(result).gammas.at(SegmentKind::open).at(0), 0.7, 1e-6);
}

/// Cells differ in what a request costs and in how many neighbours there were; neither may teach
/// the slope.
RunResult two_cells(int blocks) {
  RunResult result = testing::test_run(testing::test_suite(blocks));
  result.plan.cells.push_back({.target = 0, .scenario = 0});
  std::vector<SegmentRecord> others = result.segments;
  for (SegmentRecord& segment : others) segment.spec.cell = 1;
  result.segments.insert(result.segments.end(), others.begin(), others.end());
  for (SegmentRecord& segment : result.segments) {
    const bool other = segment.spec.cell == 1;
    const double slow = slowdown_in(segment.spec) * (other ? 1.3 : 1);
    probe(segment, slow);
    cost_more(segment, std::pow(slow, 0.7) * (other ? 0.5 : 1));
  }
  correct_for_shared_cores(result);
  return result;
}

TEST(SharedCore, OneSlopeForAllCellsKeepsTheirLevelsComparable) {
  const RunResult shared = two_cells(10);
  double first = 0, other = 0;
  for (const SegmentRecord& segment : shared.segments) {
    if (segment.spec.block == 0 && segment.spec.arm == 0) {
      (segment.spec.cell == 0 ? first : other) = value_of(segment, Metric::cpu_per_request).value();
    }
  }
  EXPECT_NEAR(shared_cores(shared).gammas.at(SegmentKind::open).at(0), 0.7, 1e-6);
  EXPECT_NEAR(shared_cores(shared).gammas.at(SegmentKind::open).at(1), 0.7, 1e-6);
  EXPECT_NEAR(other / first, 0.5, 1e-4);
}

TEST(SharedCore, ShortCellsTeachTogether) {
  EXPECT_NEAR(shared_cores(two_cells(4)).gammas.at(SegmentKind::open).at(0), 0.7, 1e-6);
  EXPECT_EQ(shared_cores(two_cells(3)).gammas.at(SegmentKind::open).at(0), 0)
      << "four deviations are too few";
}

/// A target that is busy all the time leaves an idle probe no time, and it is busiest in the
/// dearest arm: to correct the others alone would make tracing look dearer.
TEST(SharedCore, ACellWithASegmentThatWasHardlyProbedIsLeftAlone) {
  RunResult result = shared_run(0.7);
  result.segments.at(8).core->probes = 19;
  correct_for_shared_cores(result);
  for (const SegmentRecord& segment : result.segments) EXPECT_EQ(segment.alone_factor, 1);
  result.segments.at(8).voids.push_back({VoidRule::driver_lag, ""});
  correct_for_shared_cores(result);
  EXPECT_NEAR(shared_cores(result).gammas.at(SegmentKind::open).at(0), 0.7, 1e-6);
}

/// That keeps the test by signs exact.
TEST(SharedCore, ArmsThatChangePlacesInABlockLeaveTheSlopeAsItWas) {
  RunResult result = shared_run(0.7);
  std::uint64_t noise = 7;
  for (SegmentRecord& segment : result.segments) {
    noise = noise * 6364136223846793005 + 1442695040888963407;
    cost_more(segment, 1 + 0.1 * static_cast<double>(noise >> 40) / static_cast<double>(1 << 24));
  }
  const double before = shared_cores(result).gammas.at(SegmentKind::open).at(0);
  EXPECT_GT(std::abs(before - 0.7), 1e-3) << "the noise must matter";
  for (SegmentRecord& segment : result.segments) {
    if (segment.spec.block < 3 && segment.spec.arm < 2) segment.spec.arm = 1 - segment.spec.arm;
  }
  EXPECT_NEAR(shared_cores(result).gammas.at(SegmentKind::open).at(0), before, 1e-12);
}

TEST(SharedCore, AnArmThatIsHardlyEverValidDoesNotCount) {
  RunResult result = shared_run(0.7);
  for (SegmentRecord& segment : result.segments) {
    if (segment.spec.arm == 4 && segment.spec.block > 1)
      segment.voids.push_back({VoidRule::driver_lag, ""});
  }
  EXPECT_NEAR(shared_cores(result).gammas.at(SegmentKind::open).at(0), 0.7, 1e-6);
}

TEST(SharedCore, InTheClosedLoopTheTimePerRequestIsCorrected) {
  Suite suite = testing::test_suite(10);
  suite.design.capacity = std::chrono::milliseconds{250};
  RunResult result = testing::test_run(suite, [](SegmentRecord& segment) {
    if (segment.spec.kind == SegmentKind::open) return;
    const double slow = slowdown_in(segment.spec);
    probe(segment, slow);
    segment.achieved_rate = 30'000 / std::sqrt(slow);
  });
  correct_for_shared_cores(result);
  EXPECT_NEAR(shared_cores(result).gammas.at(SegmentKind::capacity).at(0), 0.5, 1e-9);
  for (const SegmentRecord& segment : result.segments) {
    if (segment.spec.kind == SegmentKind::open) {
      EXPECT_EQ(segment.alone_factor, 1);
    } else {
      EXPECT_NEAR(value_of(segment, Metric::capacity).value(), 30'000, 1e-6);
    }
  }
}

TEST(SharedCore, WithoutProbesNothingChanges) {
  RunResult result = testing::test_run(testing::test_suite(10));
  correct_for_shared_cores(result);
  EXPECT_EQ(shared_cores(result).alone_ns, 0);
  EXPECT_TRUE(shared_cores(result).slowdowns.empty());
  for (const SegmentRecord& segment : result.segments) EXPECT_EQ(segment.alone_factor, 1);
}

}  // namespace
}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/comparison.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "harness/core/testing.h"

namespace tracetax {
namespace {

using testing::make_void;
using testing::set_cpu_us;
using testing::test_run;
using testing::test_suite;

const Comparison& find(const Analysis& analysis, Metric metric, const std::string& arm) {
  for (const Comparison& comparison : analysis.comparisons) {
    if (comparison.metric == metric && comparison.arm == arm) return comparison;
  }
  static const Comparison none;
  ADD_FAILURE() << "no comparison of " << name_of(metric) << ", " << arm;
  return none;
}

TEST(Comparison, KnownAnswer) {
  // on / off per block: 1.10, 1.12, 1.08, 1.11, 1.30, 1.09, 1.10, 1.13. Hodges-Lehmann and the
  // interval [A(4), A(33)] of the 36 Walsh averages of the logs, computed apart in Python.
  const std::vector<double> ratios{1.10, 1.12, 1.08, 1.11, 1.30, 1.09, 1.10, 1.13};
  const RunResult result = test_run(test_suite(8), [&](SegmentRecord& segment) {
    const double slow_block = segment.spec.block == 2 ? 1.5 : 1;  // cancels within the block
    const auto block = static_cast<std::size_t>(segment.spec.block);
    if (segment.arm == "off") set_cpu_us(segment, 20 * slow_block);
    if (segment.arm == "on@100%") set_cpu_us(segment, 20 * slow_block * ratios[block]);
  });
  const Analysis analysis = analyse(result);
  const Comparison& comparison = find(analysis, Metric::cpu_per_request, "on@100%");
  EXPECT_EQ(comparison.blocks, 8);
  EXPECT_EQ(comparison.blocks_void, 0);
  EXPECT_EQ(comparison.reference, "off");
  EXPECT_EQ(comparison.word, Word::higher);
  EXPECT_NEAR(comparison.off_value.value(), 20, 1e-9);
  EXPECT_NEAR(comparison.on_value.value(), 22.3, 1e-9);
  EXPECT_NEAR(comparison.estimate_pct.value(), 10.988737756, 1e-6);
  EXPECT_NEAR(comparison.interval_pct->low, 8.995412748, 1e-6);
  EXPECT_NEAR(comparison.interval_pct->high, 20.124934964, 1e-6);
  EXPECT_DOUBLE_EQ(comparison.interval_pct->level, 1 - 2 * 5.0 / 256);
  EXPECT_EQ(comparison.log_ratios.size(), 8U);
  EXPECT_NEAR(comparison.log_ratios[4], std::log(1.30), 1e-6);
}

TEST(Comparison, EveryMetricOfEveryArmIsCompared) {
  Suite suite = test_suite(6);
  EXPECT_EQ(analyse(test_run(suite)).comparisons.size(), 5U * 4U);  // no capacity asked
  suite.design.capacity = std::chrono::seconds{1};
  EXPECT_EQ(analyse(test_run(suite)).comparisons.size(), 6U * 4U);
}

TEST(Comparison, WhatThisMachineDoesNotCountIsAbsent) {
  const auto count = [](const RunResult& result) {
    const std::vector<Comparison> all = analyse(result).comparisons;
    return std::ranges::count_if(all, [](const Comparison& comparison) {
      return name_of(comparison.metric) == "instructions";
    });
  };
  EXPECT_EQ(count(test_run(test_suite(6))), 0);
  EXPECT_EQ(count(test_run(test_suite(6),
                           [](SegmentRecord& segment) {
                             segment.usage->instructions = 40'000 * segment.requests;
                           })),
            4);
}

/// A median of levels is of other blocks than the middle of the ratios, and may contradict it.
TEST(Comparison, TheValueThatIsShownIsThatOfTheEstimate) {
  const RunResult result = test_run(test_suite(8), [](SegmentRecord& segment) {
    const double level = segment.spec.block < 4 ? 10 : 20;  // by block; `on` costs 2 % more
    if (segment.arm == "off") set_cpu_us(segment, level + (segment.spec.block == 4 ? -3 : 0));
    if (segment.arm == "on@100%") set_cpu_us(segment, 1.02 * level);
  });
  const Comparison comparison = find(analyse(result), Metric::cpu_per_request, "on@100%");
  EXPECT_NEAR(comparison.implied_on().value(),
              comparison.off_value.value() * (1 + comparison.estimate_pct.value() / 100), 1e-9);
  EXPECT_FALSE(Comparison{}.implied_on().has_value());
}

/// The arms in pairs with their references, of one metric.
std::vector<std::string> pairs_of(const Suite& suite) {
  std::vector<std::string> pairs;
  for (const Comparison& comparison : analyse(test_run(suite)).comparisons) {
    if (comparison.metric != Metric::cpu_per_request) continue;
    pairs.push_back(comparison.arm + "/" + comparison.reference);
  }
  return pairs;
}

TEST(Comparison, AnyArmMayBeTheReference) {
  Suite suite = test_suite(6);
  EXPECT_EQ(pairs_of(suite),
            (std::vector<std::string>{"off2/off", "on@1%/off", "on@10%/off", "on@100%/off"}));
  suite.reference = "on@1%";
  EXPECT_EQ(pairs_of(suite),
            (std::vector<std::string>{"off/on@1%", "off2/off", "on@10%/on@1%", "on@100%/on@1%"}));
  suite.reference = kPreviousArm;
  EXPECT_EQ(pairs_of(suite),
            (std::vector<std::string>{"off2/off", "on@1%/off", "on@10%/on@1%", "on@100%/on@10%"}));
  const Comparison step =
      find(analyse(test_run(suite)), Metric::cpu_per_request, "on@100%");  // 25.6 over 21.1 us
  EXPECT_NEAR(step.estimate_pct.value(), 100 * (25.6 / 21.1 - 1), 1e-6);
  EXPECT_NEAR(step.off_value.value(), 21.1, 1e-9);
}

TEST(Comparison, LowerIsLowerAndNoiseIsWithinNoise) {
  const RunResult result = test_run(test_suite(8), [](SegmentRecord& segment) {
    if (segment.arm == "on@1%") set_cpu_us(segment, 18 + 0.1 * segment.spec.block);
    if (segment.arm == "on@10%") set_cpu_us(segment, segment.spec.block % 2 == 0 ? 20.5 : 19.4);
  });
  const Analysis analysis = analyse(result);
  EXPECT_EQ(find(analysis, Metric::cpu_per_request, "on@1%").word, Word::lower);
  EXPECT_EQ(find(analysis, Metric::cpu_per_request, "on@10%").word, Word::within_noise);
}

TEST(Comparison, HigherCapacityIsPositive) {
  Suite suite = test_suite(6);
  suite.design.capacity = std::chrono::seconds{1};
  const RunResult result = test_run(suite, [](SegmentRecord& segment) {
    if (segment.spec.kind == SegmentKind::capacity && segment.arm == "on@100%") {
      segment.achieved_rate *= 0.8;
    }
  });
  const Comparison comparison = find(analyse(result), Metric::capacity, "on@100%");
  EXPECT_EQ(comparison.word, Word::lower);
  EXPECT_NEAR(comparison.estimate_pct.value(), -20, 1e-9);
  EXPECT_NEAR(comparison.off_value.value(), 30'000, 1e-9);
}

TEST(Comparison, VoidSegmentsAreLeftOutAndCounted) {
  const RunResult result = test_run(test_suite(10), [](SegmentRecord& segment) {
    if (segment.arm == "on@100%") set_cpu_us(segment, 25 + 0.1 * segment.spec.block);
    if (segment.spec.block == 3 && segment.arm == "on@100%") {
      set_cpu_us(segment, 1);  // spans were lost, so it looks cheap
      make_void(segment, VoidRule::receipt_open);
    }
    if (segment.spec.block == 7 && segment.arm == "off") make_void(segment, VoidRule::driver_lag);
  });
  const Comparison comparison = find(analyse(result), Metric::cpu_per_request, "on@100%");
  EXPECT_EQ(comparison.blocks, 8);
  EXPECT_EQ(comparison.blocks_void, 2);
  EXPECT_GT(comparison.interval_pct->low, 20);
}

TEST(Comparison, FewerThanSixPairsAreVoidAndHaveMediansOnly) {
  const RunResult result = test_run(test_suite(10), [](SegmentRecord& segment) {
    if (segment.arm != "on@100%") return;
    if (segment.spec.block < 5) make_void(segment, VoidRule::receipt_open);
    if (segment.spec.block == 5) make_void(segment, VoidRule::driver_lag);
  });
  const Comparison comparison = find(analyse(result), Metric::cpu_per_request, "on@100%");
  EXPECT_EQ(comparison.word, Word::void_);
  EXPECT_EQ(
      comparison.reason,
      "only 4 of 10 blocks are valid; a 95 % interval needs 6; void segments: receipt_open in 5, "
      "driver_lag in 1");
  EXPECT_FALSE(comparison.estimate_pct || comparison.interval_pct || comparison.ratio_of_means_pct);
  EXPECT_NEAR(comparison.off_value.value(), 20, 1e-9);
  EXPECT_NEAR(comparison.implied_on().value(), 25.6, 1e-9);
}

TEST(Comparison, APartialRunSaysHowFarItGot) {
  RunResult result = test_run(test_suite(10));
  result.segments.resize(5);
  EXPECT_EQ(find(analyse(result), Metric::cpu_per_request, "off2").reason,
            "only 1 block was measured; a 95 % interval needs 6");
  result.segments.clear();
  EXPECT_EQ(find(analyse(result), Metric::cpu_per_request, "off2").reason, "not measured");
}

TEST(Comparison, WhatWasNotMeteredIsVoidAndNotZero) {
  const RunResult result =
      test_run(test_suite(6), [](SegmentRecord& segment) { segment.usage.reset(); });
  const Analysis analysis = analyse(result);
  const Comparison& comparison = find(analysis, Metric::cpu_per_request, "on@100%");
  EXPECT_EQ(comparison.word, Word::void_);
  EXPECT_NE(comparison.reason.find("not metered"), std::string::npos) << comparison.reason;
  EXPECT_NE(find(analysis, Metric::response_p50, "on@100%").word, Word::void_);
}

TEST(Comparison, AP99NeedsAThousandRequests) {
  const auto with_requests = [](std::int64_t requests) {
    return analyse(test_run(test_suite(6), [&](SegmentRecord& segment) {
      segment.times.response_sampled.reset();
      segment.times.response_unsampled.reset();
      segment.times.response_unsampled.record(400'000 + 1'000 * segment.spec.block, requests);
    }));
  };
  EXPECT_EQ(find(with_requests(999), Metric::response_p99, "off2").word, Word::void_);
  EXPECT_EQ(find(with_requests(1'000), Metric::response_p99, "off2").word, Word::within_noise);
}

TEST(Comparison, ADriverLateForTwoPercentCostsTheP99AndNothingElse) {
  const RunResult result = test_run(test_suite(6), [](SegmentRecord& segment) {
    segment.times.lag.reset();
    segment.times.lag.record(1'000, 980);
    segment.times.lag.record(5'000'000, 20);
  });
  const Analysis analysis = analyse(result);
  const Comparison& tail = find(analysis, Metric::response_p99, "on@100%");
  EXPECT_EQ(tail.word, Word::void_);
  EXPECT_NE(tail.reason.find("lag p99"), std::string::npos) << tail.reason;
  EXPECT_NE(find(analysis, Metric::response_p50, "on@100%").word, Word::void_);
  EXPECT_NE(find(analysis, Metric::cpu_per_request, "on@100%").word, Word::void_);
}

TEST(Comparison, CostInBurstsIsSaid) {
  Suite suite = test_suite(20);
  suite.arms = {suite.arms[0], suite.arms[4]};
  const RunResult result = test_run(suite, [](SegmentRecord& segment) {
    const double usual = 21 + 0.01 * segment.spec.block;
    if (segment.arm == "on@100%") set_cpu_us(segment, segment.spec.block == 4 ? 80 : usual);
  });
  const Comparison comparison = find(analyse(result), Metric::cpu_per_request, "on@100%");
  EXPECT_GT(comparison.ratio_of_means_pct.value(), 15);
  EXPECT_LT(comparison.estimate_pct.value(), 6);
  EXPECT_NE(comparison.reason.find("uneven"), std::string::npos) << comparison.reason;
}

/// Goal: an arm that is the same as `off` is called higher or lower in at most 5 % of runs. Method:
/// 1,000 made-up runs of 10 blocks, heavy-tailed noise on a drifting machine, arms in random order
/// by exchangeable noise; four standard errors of room.
TEST(Comparison, AnEqualArmIsRarelyCalledDifferent) {
  std::mt19937_64 random(11);
  std::student_t_distribution<double> noise(3.0);
  Suite suite = test_suite(10);
  suite.arms.resize(2);
  RunResult result = test_run(suite);
  const Histogram small(HistogramRange{.lowest = 1, .highest = 1'000, .digits = 1});
  for (SegmentRecord& segment : result.segments) {  // only CPU matters here: keep the runs small
    for (const RequestTime& time : kRequestTimes) segment.times.*time.histogram = small;
  }
  constexpr int kRuns = 1'000;
  int called_different = 0;
  for (int run = 0; run < kRuns; ++run) {
    for (SegmentRecord& segment : result.segments) {
      set_cpu_us(segment, 20 * std::exp(0.01 * segment.spec.block + 0.02 * noise(random)));
    }
    const Word word = find(analyse(result), Metric::cpu_per_request, "off2").word;
    called_different += word == Word::within_noise ? 0 : 1;
  }
  const double error = std::sqrt(0.05 * 0.95 / kRuns);
  EXPECT_LE(static_cast<double>(called_different) / kRuns, 0.05 + 4 * error);
  EXPECT_GT(called_different, 10) << "5 % of 1,000 runs: far fewer would mean a test without power";
}

}  // namespace
}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/core/shared_core.h"

#include <gtest/gtest.h>

#include "harness/core/metric_value.h"
#include "harness/core/testing.h"

namespace tracetax {
namespace {

SegmentRecord probed_segment(double mean_ns, double fastest_ns, std::uint64_t probes = 125) {
  SegmentRecord segment;
  segment.core = CoreSpeed{.mean_ns = mean_ns, .fastest_ns = fastest_ns, .probes = probes};
  return segment;
}

TEST(SharedCore, AloneIsTheTenthPercentileOfTheFastestTimes) {
  std::vector<SegmentRecord> segments;
  for (int i = 0; i < 20; ++i) segments.push_back(probed_segment(12'000, 10'000 + i));
  EXPECT_EQ(loop_alone_ns(segments), 10'002);
  EXPECT_DOUBLE_EQ(slowdown(segments.front(), 10'000).value(), 1.2);
}

TEST(SharedCore, TooFewProbesSayNothing) {
  const std::vector<SegmentRecord> segments{probed_segment(12'000, 10'000, 19)};
  EXPECT_EQ(loop_alone_ns(segments), 0);
  EXPECT_FALSE(slowdown(segments.front(), 10'000));
  EXPECT_FALSE(slowdown(SegmentRecord{}, 10'000));
  EXPECT_FALSE(slowdown(probed_segment(12'000, 10'000), 0));
}

/// The headline is what was measured, whatever the witness says.
TEST(SharedCore, NoNumberDependsOnTheWitness) {
  const RunResult plain = testing::test_run(testing::test_suite(8));
  const RunResult shared = testing::test_run(testing::test_suite(8), [](SegmentRecord& segment) {
    segment.core = CoreSpeed{
        .mean_ns = 10'000.0 + 500 * segment.spec.block, .fastest_ns = 10'000, .probes = 125};
  });
  for (std::size_t i = 0; i < plain.segments.size(); ++i) {
    EXPECT_EQ(value_of(shared.segments[i], Metric::cpu_per_request),
              value_of(plain.segments[i], Metric::cpu_per_request));
  }
}

}  // namespace
}  // namespace tracetax

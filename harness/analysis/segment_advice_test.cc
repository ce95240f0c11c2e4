// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/segment_advice.h"

#include <gtest/gtest.h>

#include <chrono>

namespace tracetax {
namespace {

using std::chrono::milliseconds;

SegmentNeeds needs(double rate, Nanos export_interval) {
  return {.rate = rate,
          .arrivals = Arrivals::constant,
          .cpu_us_per_request = 20,
          .cpu_resolution = Nanos{1},
          .export_interval = export_interval};
}

TEST(SegmentAdvice, FiveExportsAtAHighRate) {
  const SegmentAdvice advice = advise_segment(needs(10'000, milliseconds{200}));
  EXPECT_EQ(advice.length, milliseconds{1000});
  EXPECT_EQ(advice.why.find("five exports"), 0U) << advice.why;
}

TEST(SegmentAdvice, AThousandRequestsAtALowRateInWholeIntervals) {
  // 1,001 requests at 500/s: 2.002 s, so eleven intervals of 200 ms.
  const SegmentAdvice advice = advise_segment(needs(500, milliseconds{200}));
  EXPECT_EQ(advice.length, milliseconds{2200});
  EXPECT_EQ(advice.why.find("1,001 requests, for a p99"), 0U) << advice.why;
}

TEST(SegmentAdvice, RandomArrivalsNeedSomeMore) {
  SegmentNeeds random = needs(1000, Nanos{0});
  random.arrivals = Arrivals::poisson;
  EXPECT_EQ(advise_segment(random).length, milliseconds{1200});  // 1,102 requests
  EXPECT_EQ(advise_segment(needs(1000, Nanos{0})).length, milliseconds{1100});
}

TEST(SegmentAdvice, AHundredTicksOfACoarseMeter) {
  SegmentNeeds coarse = needs(10'000, milliseconds{100});  // a fifth of a CPU
  coarse.cpu_resolution = milliseconds{10};
  const SegmentAdvice advice = advise_segment(coarse);
  EXPECT_EQ(advice.length, milliseconds{5000});  // a second of CPU time
  EXPECT_EQ(advice.why.find("a hundred ticks of the CPU meter (10 ms each)"), 0U) << advice.why;
}

TEST(SegmentAdvice, NothingKnownIsOneStep) {
  EXPECT_EQ(advise_segment({}).length, milliseconds{100});
  SegmentNeeds slow = needs(1e-300, milliseconds{200});
  EXPECT_LE(advise_segment(slow).length, std::chrono::hours{25});  // no overflow
}

}  // namespace
}  // namespace tracetax

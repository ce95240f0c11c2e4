// SPDX-License-Identifier: Apache-2.0
#include "harness/core/request/request_ids.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

namespace tracetax {
namespace {

SampleRate rate_of(double share) { return SampleRate::make(share).value(); }

std::uint64_t count_sampled(const RequestIds& ids, std::uint64_t count) {
  std::uint64_t sampled = 0;
  for (std::uint64_t k = 0; k < count; ++k) sampled += ids.at(k).sampled() ? 1U : 0U;
  return sampled;
}

// Golden values from a Python program with unbounded integers: mix(seed + (k + 1) * step) mod 2^64
// for the three steps. The first is also SplitMix64's published first output for seed 0.
TEST(RequestIds, AreTheDocumentedFunctionOfSeedAndNumber) {
  EXPECT_EQ(format_traceparent(RequestIds(0, SampleRate{}).at(0)),
            "00-e220a8397b1dcdaf8209b480faed1b10-8ffd3f943fae5847-00");
  EXPECT_EQ(format_traceparent(RequestIds(42, rate_of(1)).at(7)),
            "00-ccf635ee9e9e2fa4343fc83a49f165f8-012649dbb5bbcacc-01");
  EXPECT_EQ(format_traceparent(RequestIds(UINT64_MAX, rate_of(0.5)).at(1'000'000'000)),
            "00-3aa5ae2d062e5fa012399abd69766e45-186bb03d6d477cdf-01");
}

TEST(RequestIds, AreNeverZeroEvenWhereTheMixIs) {
  EXPECT_TRUE(RequestIds(0, SampleRate{}).at(UINT64_MAX).trace_id.valid());
  EXPECT_TRUE(RequestIds(0, SampleRate{}).at(UINT64_MAX).span_id.valid());
  // The seed is minus the span step: request 0's span id would be mix(0) = 0.
  EXPECT_TRUE(RequestIds(0x510e8afdef710d27, SampleRate{}).at(0).span_id.valid());
}

TEST(RequestIds, DoNotRepeatWithinOrAcrossSeeds) {
  std::set<TraceId> traces;
  std::set<SpanId> spans;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const RequestIds ids(seed, SampleRate{});
    for (std::uint64_t k = 0; k < 1000; ++k) {
      traces.insert(ids.at(k).trace_id);
      spans.insert(ids.at(k).span_id);
    }
  }
  EXPECT_EQ(traces.size(), 100'000U);
  EXPECT_EQ(spans.size(), 100'000U);
}

TEST(RequestIds, EveryBitOfTheIdsIsSetHalfOfTheTime) {
  constexpr int kRequests = 20'000;
  std::vector<int> ones(192);
  const RequestIds ids(7, SampleRate{});
  for (std::uint64_t k = 0; k < kRequests; ++k) {
    const TraceContext context = ids.at(k);
    for (std::size_t bit = 0; bit < 128; ++bit)
      ones[bit] += context.trace_id.bytes[bit / 8] >> (bit % 8) & 1;
    for (std::size_t bit = 0; bit < 64; ++bit)
      ones[128 + bit] += context.span_id.bytes[bit / 8] >> (bit % 8) & 1;
  }
  const double six_sigma = 6 * std::sqrt(kRequests / 4.0);
  for (const int count : ones) EXPECT_NEAR(count, kRequests / 2, six_sigma);
}

TEST(RequestIds, TheSampledFlagIsTheRatioDecisionOnTheSameId) {
  const RequestIds ids(3, rate_of(0.1));
  for (std::uint64_t k = 0; k < 10'000; ++k) {
    const TraceContext context = ids.at(k);
    ASSERT_EQ(context.sampled(), ratio_keeps(context.trace_id, ratio_threshold(rate_of(0.1))));
  }
}

TEST(RequestIds, TheIdsDoNotDependOnTheRate) {
  EXPECT_EQ(RequestIds(3, rate_of(0.1)).at(5).trace_id, RequestIds(3, rate_of(1)).at(5).trace_id);
}

TEST(RequestIds, AHigherRateKeepsWhatALowerOneKeeps) {
  const RequestIds low(11, rate_of(0.01)), high(11, rate_of(0.1));
  for (std::uint64_t k = 0; k < 10'000; ++k) {
    ASSERT_LE(low.at(k).sampled(), high.at(k).sampled());
  }
}

// Six standard deviations of a binomial: a fair sampler fails one time in 5 * 10^8.
TEST(RequestIds, TheShareSampledIsTheRate) {
  constexpr std::uint64_t kRequests = 200'000;
  for (const double share : {0.001, 0.01, 0.1, 0.5, 0.9}) {
    const double sampled =
        static_cast<double>(count_sampled(RequestIds(99, rate_of(share)), kRequests));
    const double sigma = std::sqrt(kRequests * share * (1 - share));
    EXPECT_NEAR(sampled, kRequests * share, 6 * sigma) << share;
  }
}

TEST(RequestIds, SampledAmongIsTheCountOfTheFlags) {
  for (const double share : {0.0, 0.01, 0.5, 1.0}) {
    const RequestIds ids(5, rate_of(share));
    for (const std::uint64_t count : {0U, 1U, 2U, 999U, 20'000U}) {
      EXPECT_EQ(ids.sampled_among(count), count_sampled(ids, count)) << share << " " << count;
    }
  }
}

TEST(RequestIds, DefaultSamplesNothing) {
  EXPECT_EQ(count_sampled(RequestIds{}, 1000), 0U);
  EXPECT_EQ(RequestIds{}.at(3), RequestIds(0, SampleRate{}).at(3));
}

// Golden values: int(rate * 2**63) in Python, which is what Go's uint64(fraction * (1 << 63))
// gives.
TEST(RatioThreshold, IsTheRateTimesTwoToThe63Truncated) {
  EXPECT_EQ(ratio_threshold(SampleRate{}), 0U);
  EXPECT_EQ(ratio_threshold(rate_of(1)), 1ULL << 63);
  EXPECT_EQ(ratio_threshold(rate_of(0.5)), 4611686018427387904U);
  EXPECT_EQ(ratio_threshold(rate_of(0.1)), 922337203685477632U);
  EXPECT_EQ(ratio_threshold(rate_of(0.01)), 92233720368547760U);
  EXPECT_EQ(ratio_threshold(rate_of(1.0 / 3)), 3074457345618258432U);
  EXPECT_EQ(ratio_threshold(rate_of(std::ldexp(1, -56))), 128U);
}

// By hand: bytes 8..15 as a big-endian number, halved, against the threshold. At 0.5 the threshold
// is 0x4000000000000000, so the decision turns between 0x7fff...ff and 0x8000...00.
TEST(RatioKeeps, TurnsExactlyAtTheThreshold) {
  const auto keeps = [](const char* hex, double share) {
    return ratio_keeps(trace_id_from_hex(hex).value(), ratio_threshold(rate_of(share)));
  };
  EXPECT_TRUE(keeps("ffffffffffffffff7fffffffffffffff", 0.5));
  EXPECT_FALSE(keeps("00000000000000008000000000000000", 0.5));
  EXPECT_TRUE(keeps("ffffffffffffffffffffffffffffffff", 1));
  EXPECT_FALSE(keeps("00000000000000010000000000000000", 0));
  // 0.01: threshold 92233720368547760 = 0x0147ae147ae147b0; twice that is 0x028f5c28f5c28f60.
  EXPECT_TRUE(keeps("0000000000000000028f5c28f5c28f5f", 0.01));
  EXPECT_FALSE(keeps("0000000000000000028f5c28f5c28f60", 0.01));
}

TEST(DeriveSeed, AMillionBranchesDoNotCollide) {
  std::vector<std::uint64_t> seeds;
  seeds.reserve(1'000'000);
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    for (std::uint64_t branch = 0; branch < 1000; ++branch)
      seeds.push_back(derive_seed(seed, branch));
  }
  std::sort(seeds.begin(), seeds.end());
  EXPECT_EQ(std::adjacent_find(seeds.begin(), seeds.end()), seeds.end());
}

TEST(DeriveSeed, TheOrderOfBranchesMatters) {
  EXPECT_NE(derive_seed(derive_seed(1, 2), 3), derive_seed(derive_seed(1, 3), 2));
}

}  // namespace
}  // namespace tracetax

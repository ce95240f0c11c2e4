// SPDX-License-Identifier: Apache-2.0
#include "harness/core/histogram/histogram.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace tracetax {
namespace {

/// Values whose logarithm is spread evenly over the whole range.
std::vector<std::int64_t> log_spread(std::size_t n, double highest = 3.6e12, unsigned seed = 1) {
  std::mt19937_64 random{seed};
  std::uniform_real_distribution<double> exponent{0, std::log(highest)};
  std::vector<std::int64_t> values(n);
  for (auto& value : values) value = static_cast<std::int64_t>(std::exp(exponent(random)));
  return values;
}

Histogram filled(const std::vector<std::int64_t>& values, const HistogramRange& range = {}) {
  Histogram histogram{range};
  for (const auto value : values) histogram.record(value);
  return histogram;
}

/// As a decoder has them: every counter, the empty ones too.
std::vector<std::int64_t> counts_of(const Histogram& histogram) {
  std::vector<std::int64_t> counts(histogram.size());
  histogram.for_each_filled([&](std::size_t i, std::int64_t count) {
    counts[i] = count;
    return true;
  });
  return counts;
}

void expect_within(double actual, double expected, double share) {
  EXPECT_NEAR(actual, expected, expected * share + 0.5);
}

TEST(Histogram, TheDefaultShapeTakes33792Counters) {
  EXPECT_EQ(Histogram{}.size(), 33'792U);
  EXPECT_EQ(*Histogram::counters({}), 33'792U);
}

TEST(Histogram, BucketsFollowEachOtherWithoutGapsAndAsNarrowAsPromised) {
  for (const HistogramRange range : {HistogramRange{}, HistogramRange{1000, 60'000'000'000, 2},
                                     HistogramRange{1, 2, 1}, HistogramRange{7, INT64_MAX, 3}}) {
    const Histogram histogram{range};
    std::int64_t next = 0;
    for (std::size_t i = 0; i < histogram.size(); ++i) {
      const std::int64_t low = histogram.lowest_equivalent(i);
      const std::int64_t high = histogram.highest_equivalent(i);
      ASSERT_EQ(low, next);
      ASSERT_EQ(histogram.index_of(low), i);
      ASSERT_EQ(histogram.index_of(high), i);
      if (low >= range.lowest * 2) {
        const double width = static_cast<double>(high - low);
        ASSERT_LE(width, static_cast<double>(low) * std::pow(10, -range.digits) +
                             2 * static_cast<double>(range.lowest));
      }
      next = high == INT64_MAX ? high : high + 1;
    }
    EXPECT_GE(next, range.highest);
  }
}

TEST(Histogram, PercentilesAreWithinOneThousandthOfTheSortedValues) {
  auto values = log_spread(20'000);
  const Histogram histogram = filled(values);
  std::sort(values.begin(), values.end());
  for (const double percent : {0.01, 1.0, 10.0, 50.0, 90.0, 99.0, 99.9, 99.99, 100.0}) {
    const auto rank = static_cast<std::size_t>(std::ceil(percent / 100 * 20'000 - 1e-6));
    expect_within(static_cast<double>(histogram.percentile(percent)),
                  static_cast<double>(values[rank - 1]), 0.001);
    expect_within(histogram.quantile_interpolated(percent / 100),
                  static_cast<double>(values[rank - 1]), 0.001);
  }
  EXPECT_EQ(histogram.count(), 20'000);
  EXPECT_EQ(histogram.min(), values.front());
  EXPECT_EQ(histogram.max(), values.back());
}

TEST(Histogram, PercentileRanksRoundUpButNotPastAnExactRank) {
  Histogram histogram;
  for (int value = 1; value <= 1000; ++value) histogram.record(value);
  EXPECT_EQ(histogram.percentile(99.9), 999);
  EXPECT_EQ(histogram.percentile(99.90001), 1000);
  EXPECT_EQ(histogram.percentile(50), 500);
  EXPECT_EQ(histogram.percentile(0.1), 1);
  EXPECT_EQ(histogram.percentile(100), 1000);
}

TEST(Histogram, RoundingErrorsDoNotMoveAnExactRank) {
  Histogram histogram;
  histogram.record(1, 40'959);  // 99.9 % of 41,000, whose product is a hair above in binary
  histogram.record(2, 41);
  EXPECT_EQ(histogram.percentile(99.9), 1);
}

TEST(Histogram, PercentileIsTheHighestEquivalentExceptAtZero) {
  Histogram histogram;
  histogram.record(1'000'001);
  const std::size_t index = histogram.index_of(1'000'001);
  EXPECT_EQ(histogram.percentile(50), histogram.highest_equivalent(index));
  EXPECT_EQ(histogram.percentile(100), histogram.highest_equivalent(index));
  EXPECT_EQ(histogram.percentile(0), histogram.lowest_equivalent(index));
  EXPECT_GT(histogram.percentile(100), histogram.max());
}

TEST(Histogram, PercentileClampsWhatIsOutsideOfZeroToHundred) {
  const Histogram histogram = filled({1, 2, 3});
  EXPECT_EQ(histogram.percentile(-5), histogram.percentile(0));
  EXPECT_EQ(histogram.percentile(400), histogram.percentile(100));
  EXPECT_EQ(histogram.percentile(std::nan("")), 1);
  EXPECT_EQ(histogram.quantile_interpolated(-1), 1);
  EXPECT_EQ(histogram.quantile_interpolated(2), 3);
}

TEST(Histogram, EverythingOfAnEmptyOneIsZero) {
  const Histogram histogram;
  EXPECT_TRUE(histogram.empty());
  EXPECT_EQ(histogram.percentile(50), 0);
  EXPECT_EQ(histogram.quantile_interpolated(0.5), 0);
  EXPECT_EQ(histogram.min(), 0);
  EXPECT_EQ(histogram.max(), 0);
  EXPECT_EQ(histogram.mean(), 0);
  EXPECT_EQ(histogram.standard_deviation(), 0);
  EXPECT_EQ(histogram.count_above(0), 0);
}

TEST(Histogram, InterpolationSpreadsABucketsValuesByRank) {
  Histogram histogram;
  // One bucket of 1,048,576 to 1,049,599 holds them all.
  for (int i = 0; i < 1024; ++i) histogram.record(1'048'576 + i);
  ASSERT_EQ(histogram.index_of(1'048'576), histogram.index_of(1'049'599));
  EXPECT_NEAR(histogram.quantile_interpolated(0.25), 1'048'576 + 256, 1);
  EXPECT_NEAR(histogram.quantile_interpolated(0.75), 1'048'576 + 768, 1);
  EXPECT_LT(histogram.quantile_interpolated(0.5), histogram.quantile_interpolated(0.501));
}

TEST(Histogram, InterpolationStaysBetweenLeastAndGreatest) {
  const Histogram histogram = filled({1'000'001, 1'000'001});
  EXPECT_EQ(histogram.quantile_interpolated(0), 1'000'001);
  EXPECT_EQ(histogram.quantile_interpolated(1), 1'000'001);
}

TEST(Histogram, CountAboveCountsBucketsThatReachHigher) {
  const auto values = log_spread(5'000, 2e9);
  const Histogram histogram = filled(values);
  for (const std::int64_t limit : {0L, 1L, 2047L, 2048L, 65'536L, 1'000'000L, 123'456'789L}) {
    const std::int64_t edge = histogram.highest_equivalent(histogram.index_of(limit));
    const auto above =
        std::count_if(values.begin(), values.end(), [&](auto v) { return v > edge; });
    EXPECT_EQ(histogram.count_above(edge), above) << limit;
  }
  EXPECT_EQ(histogram.count_above(-1), 5'000);
  EXPECT_EQ(histogram.count_above(INT64_MAX), 0);
}

TEST(Histogram, CountAboveTakesInTheWholeBucketOfAValueInsideIt) {
  Histogram histogram;
  histogram.record(1'048'576);
  EXPECT_EQ(histogram.count_above(1'048'600), 1);
  EXPECT_EQ(histogram.count_above(1'049'599), 0);
}

TEST(Histogram, ClampsAndCountsWhatIsAboveItsRange) {
  Histogram histogram;
  histogram.record(3'600'000'000'000);
  EXPECT_EQ(histogram.overflows(), 0);
  histogram.record(3'600'000'000'001);
  histogram.record(INT64_MAX, 3);
  EXPECT_EQ(histogram.overflows(), 4);
  EXPECT_EQ(histogram.count(), 5);
  EXPECT_EQ(histogram.max(), 3'600'000'000'000);
}

TEST(Histogram, NegativeValuesCountAsZero) {
  Histogram histogram;
  histogram.record(-1);
  histogram.record(INT64_MIN);
  EXPECT_EQ(counts_of(histogram)[0], 2);
  EXPECT_EQ(histogram.min(), 0);
}

TEST(Histogram, RecordingZeroTimesChangesNothing) {
  Histogram histogram;
  histogram.record(INT64_MAX, 0);
  histogram.record(5, -2);
  EXPECT_EQ(histogram, Histogram{});
  EXPECT_EQ(histogram.overflows(), 0);
  EXPECT_EQ(histogram.max(), 0);
}

TEST(Histogram, MergeIsOrderFreeAndLosesNothing) {
  const auto first = log_spread(3'000, 1e6, 1);
  const auto second = log_spread(2'000, 3e12, 2);
  Histogram one = filled(first);
  Histogram other = filled(second);
  other.record(INT64_MAX);
  Histogram together = one;
  together.merge(other);
  Histogram reversed = other;
  reversed.merge(one);
  EXPECT_EQ(together, reversed);
  EXPECT_EQ(together.count(), 5'001);
  EXPECT_EQ(together.overflows(), 1);
  EXPECT_EQ(together.min(), std::min(one.min(), other.min()));
  EXPECT_EQ(together.max(), reversed.max());
  EXPECT_EQ(together.min(), reversed.min());
  together.merge(Histogram{});
  EXPECT_EQ(together, reversed);
}

TEST(Histogram, MergeOfAnotherRangeKeepsCountsMinAndMax) {
  const auto values = log_spread(3'000, 1e9);
  const Histogram coarse = filled(values, {1000, 60'000'000'000, 2});
  Histogram fine;
  fine.merge(coarse);
  EXPECT_EQ(fine.count(), 3'000);
  EXPECT_EQ(fine.min(), coarse.min());
  EXPECT_EQ(fine.max(), coarse.max());
  expect_within(static_cast<double>(fine.percentile(90)),
                static_cast<double>(coarse.percentile(90)), 0.011);
  EXPECT_LE(fine.quantile_interpolated(1), static_cast<double>(fine.max()));
}

TEST(Histogram, MergeOfAnotherRangeNeverLeavesTheOthersMinAndMax) {
  Histogram coarse{{1, 3'600'000'000'000, 1}};
  coarse.record(1'048'576);  // the first value of a bucket 65,536 wide
  Histogram fine;
  fine.merge(coarse);
  EXPECT_EQ(counts_of(fine)[fine.index_of(1'048'576)], 1);
}

TEST(Histogram, MergeIntoAShorterRangeCountsOverflowsOnce) {
  Histogram wide;
  wide.record(2'000'000);
  wide.record(INT64_MAX);
  Histogram narrow{{1, 1'000'000, 3}};
  narrow.merge(wide);
  EXPECT_EQ(narrow.count(), 2);
  EXPECT_EQ(narrow.overflows(), 2);
  EXPECT_EQ(narrow.max(), 1'000'000);
}

TEST(Histogram, SupportsAQuantileFromTenValuesBeyondIt) {
  Histogram histogram;
  histogram.record(1, 999);
  EXPECT_FALSE(histogram.supports(0.99));
  histogram.record(1);
  EXPECT_TRUE(histogram.supports(0.99));
  EXPECT_FALSE(histogram.supports(0.999));
  histogram.record(1, 99'999 - 1000);
  EXPECT_FALSE(histogram.supports(0.9999));
  histogram.record(1);
  EXPECT_TRUE(histogram.supports(0.9999));
  EXPECT_FALSE(Histogram{}.supports(0.5));
}

TEST(Histogram, MeanAndDeviationComeFromBucketMiddles) {
  const Histogram histogram = filled({2, 4, 4, 4, 5, 5, 7, 9});
  EXPECT_DOUBLE_EQ(histogram.mean(), 5);
  EXPECT_DOUBLE_EQ(histogram.standard_deviation(), 2);
  const Histogram wide = filled({1'048'576});
  EXPECT_DOUBLE_EQ(wide.mean(), 1'048'576 + 512 / 1.0);
}

TEST(Histogram, EqualityIsOfRangesAndCounts) {
  Histogram one = filled({1, 2'000'000});
  EXPECT_EQ(one, filled({2'000'000, 1}));
  EXPECT_EQ(one, filled({1, 2'000'001}));  // same bucket
  EXPECT_NE(one, filled({1, 3'000'000}));
  EXPECT_NE(one, filled({1, 2'000'000}, {1, 3'600'000'000'000, 2}));
  one.reset();
  EXPECT_EQ(one, Histogram{});
}

TEST(Histogram, AssignedCountsGiveBackTheHistogramUpToBucketEdges) {
  const Histogram original = filled(log_spread(500));
  Histogram copy;
  copy.record(77);
  copy.assign_counts(counts_of(original));
  EXPECT_EQ(copy, original);
  EXPECT_EQ(copy.index_of(copy.min()), original.index_of(original.min()));
  EXPECT_EQ(copy.index_of(copy.max()), original.index_of(original.max()));
  copy.assign_counts({0, 3});
  EXPECT_EQ(copy.count(), 3);
  EXPECT_EQ(copy.percentile(100), 1);
}

TEST(Histogram, RestoredExtremesMustBelongToTheCounts) {
  const Histogram original = filled({1'000'003, 2'000'007});
  Histogram copy;
  copy.assign_counts(counts_of(original));
  EXPECT_FALSE(copy.restore_extremes(900'000, 2'000'007, 0));
  EXPECT_FALSE(copy.restore_extremes(1'000'003, 3'000'000, 0));
  EXPECT_FALSE(copy.restore_extremes(1'000'003, 2'000'007, 3));  // more overflows than values
  EXPECT_TRUE(copy.restore_extremes(1'000'003, 2'000'007, 1));
  EXPECT_EQ(copy.min(), 1'000'003);
  EXPECT_EQ(copy.max(), 2'000'007);
  EXPECT_EQ(copy.overflows(), 1);
  EXPECT_TRUE(Histogram{}.restore_extremes(0, 0, 0));
  EXPECT_FALSE(Histogram{}.restore_extremes(0, 1, 0));
}

TEST(Histogram, APackedOneReadsTheSame) {
  for (const std::size_t values : {0U, 1U, 3U, 5'000U}) {
    Histogram original = filled(log_spread(values));
    if (values > 1) original.record(7'200'000'000'000, 3);  // overflows
    Histogram packed = original;
    packed.pack();
    EXPECT_TRUE(packed.packed());
    EXPECT_FALSE(original.packed());
    EXPECT_LE(packed.memory_bytes(), 8 * (values + 1));
    EXPECT_GE(original.memory_bytes(), 8 * original.size());
    EXPECT_EQ(packed, original);
    EXPECT_EQ(counts_of(packed), counts_of(original));
    EXPECT_EQ(packed.count(), original.count());
    EXPECT_EQ(packed.overflows(), original.overflows());
    EXPECT_EQ(packed.mean(), original.mean());
    EXPECT_EQ(packed.standard_deviation(), original.standard_deviation());
    for (const double share : {0.0, 0.01, 0.5, 0.9, 0.99, 0.999, 1.0}) {
      EXPECT_EQ(packed.percentile(100 * share), original.percentile(100 * share));
      EXPECT_EQ(packed.quantile_interpolated(share), original.quantile_interpolated(share));
    }
    for (const std::int64_t value : log_spread(20, 3.6e12, 2)) {
      EXPECT_EQ(packed.count_above(value), original.count_above(value));
    }
    Histogram sum = packed, expected = original;
    sum.merge(packed);
    expected.merge(original);
    EXPECT_EQ(sum, expected);
    Histogram coarse{{1, 3'600'000'000'000, 2}}, expected_coarse = coarse;
    coarse.merge(packed);
    expected_coarse.merge(original);
    EXPECT_EQ(coarse, expected_coarse);
    packed.reset();
    packed.record(5);
    EXPECT_EQ(packed, filled({5}));
  }
}

TEST(Histogram, CountsThatDoNotFitStayAsTheyAre) {
  Histogram large;
  large.record(9, std::int64_t{UINT32_MAX} + 1);
  large.pack();
  EXPECT_FALSE(large.packed());
  EXPECT_EQ(large.count(), std::int64_t{UINT32_MAX} + 1);
}

TEST(Histogram, RefusesRangesThatCannotBe) {
  EXPECT_TRUE(Histogram::make({1, 2, 1}));
  EXPECT_TRUE(Histogram::make({1, INT64_MAX, 5}));
  EXPECT_FALSE(Histogram::make({0, 100, 3}));
  EXPECT_FALSE(Histogram::make({1, 1, 3}));
  EXPECT_FALSE(Histogram::make({10, 19, 3}));
  EXPECT_TRUE(Histogram::make({10, 20, 3}));
  EXPECT_FALSE(Histogram::make({1, 100, 0}));
  EXPECT_FALSE(Histogram::make({1, 100, 6}));
  EXPECT_FALSE(Histogram::make({INT64_MIN, 100, 3}));
  EXPECT_TRUE(Histogram::make({std::int64_t{1} << 51, INT64_MAX, 3}));
  EXPECT_FALSE(Histogram::make({std::int64_t{1} << 52, INT64_MAX, 3}));
}

}  // namespace
}  // namespace tracetax

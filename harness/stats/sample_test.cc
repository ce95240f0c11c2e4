// SPDX-License-Identifier: Apache-2.0
#include "harness/stats/sample.h"

#include <gtest/gtest.h>

#include <cmath>

namespace tracetax {
namespace {

TEST(Sample, MedianOfOddAndEvenCounts) {
  EXPECT_EQ(median({}), std::nullopt);
  EXPECT_EQ(median({3, 1, 2}), 2);
  EXPECT_EQ(median({4, 1, 2, 3}), 2.5);
}

TEST(Sample, MeanAndStandardDeviation) {
  const std::vector<double> values{2, 4, 4, 4, 5, 5, 7, 9};
  EXPECT_EQ(mean(values), 5);
  EXPECT_NEAR(*standard_deviation(values), std::sqrt(32.0 / 7), 1e-12);
  EXPECT_EQ(standard_deviation(std::vector<double>{1}), std::nullopt);
}

TEST(Sample, AutocorrelationOfKnownSeries) {
  // By hand: mean 3, squares 10, products (-2)(-1) + 0 + 0 + (1)(2) = 4.
  EXPECT_NEAR(*lag1_autocorrelation(std::vector<double>{1, 2, 3, 4, 5}), 0.4, 1e-12);
  // -1, 1, -1, 1: three products of -1 over four squares.
  EXPECT_NEAR(*lag1_autocorrelation(std::vector<double>{-1, 1, -1, 1}), -0.75, 1e-12);
  EXPECT_EQ(lag1_autocorrelation(std::vector<double>{2, 2, 2}), std::nullopt);
  // A mean that is not one of the values in binary: still all equal.
  EXPECT_EQ(lag1_autocorrelation(std::vector<double>{0.1, 0.1, 0.1}), std::nullopt);
}

}  // namespace
}  // namespace tracetax

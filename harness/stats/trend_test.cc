// Known answers were computed apart, in Python: exact ones by enumerating permutations, the others
// by integrating Student's density numerically.
// SPDX-License-Identifier: Apache-2.0
#include "harness/stats/trend.h"

#include <gtest/gtest.h>

#include <vector>

namespace tracetax {
namespace {

TEST(Trend, ExactForFewValues) {
  const std::vector<double> rising{1, 2, 3, 4, 5, 6};
  EXPECT_NEAR(spearman_trend(rising)->rho, 1, 1e-12);
  EXPECT_NEAR(spearman_trend(rising)->p, 2.0 / 720, 1e-12);
  const std::vector<double> mixed{3, 1, 4, 1.5, 9, 2.6, 5};
  EXPECT_NEAR(spearman_trend(mixed)->rho, 0.42857142857142855, 1e-12);
  EXPECT_NEAR(spearman_trend(mixed)->p, 0.3535714285714286, 1e-12);
  const std::vector<double> tied{2, 1, 2, 3, 3, 3};
  EXPECT_NEAR(spearman_trend(tied)->rho, 0.8332380897952963, 1e-12);
  EXPECT_NEAR(spearman_trend(tied)->p, 0.06666666666666667, 1e-12);
}

TEST(Trend, SlopeOfTheilAndSenIsNotMovedByAFew) {
  EXPECT_FALSE(theil_sen_slope({}, 1));
  const std::vector<double> line{1, 3, 5, 7, 9};
  EXPECT_DOUBLE_EQ(*theil_sen_slope(line, 0.5), 4);
  // The ten slopes are 2, 2, 33, 2, 2, 43.3, 2, 64, -60, 2: their median is 2.
  const std::vector<double> one_off{1, 3, 5, 7 + 62, 9};
  EXPECT_DOUBLE_EQ(*theil_sen_slope(one_off, 1), 2);
}

TEST(Trend, StudentForMany) {
  const std::vector<double> ten{20.1, 20.0, 20.4, 20.3, 20.9, 20.2, 20.8, 21.0, 20.7, 21.3};
  EXPECT_NEAR(spearman_trend(ten)->rho, 0.793939393939394, 1e-12);
  EXPECT_NEAR(spearman_trend(ten)->p, 0.0060999233136952435, 1e-6);  // 8 degrees of freedom
  const std::vector<double> eleven{5, 3, 4, 6, 1, 2, 0.5, 7, -1, -2, -3};
  EXPECT_NEAR(spearman_trend(eleven)->rho, -0.6727272727272727, 1e-12);
  EXPECT_NEAR(spearman_trend(eleven)->p, 0.023313039833184224, 1e-6);  // 9 degrees of freedom
}

TEST(Trend, PerfectOrderOfManyValuesIsCertain) {
  std::vector<double> falling;
  for (int i = 0; i < 20; ++i) falling.push_back(-i);
  EXPECT_NEAR(spearman_trend(falling)->rho, -1, 1e-12);
  EXPECT_LT(spearman_trend(falling)->p, 1e-9);
}

TEST(Trend, NothingToSay) {
  EXPECT_FALSE(spearman_trend(std::vector<double>{1, 2, 3}));
  EXPECT_FALSE(spearman_trend(std::vector<double>{5, 5, 5, 5, 5}));
}

}  // namespace
}  // namespace tracetax

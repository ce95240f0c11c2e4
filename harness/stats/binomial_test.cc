// Known answers were computed apart, in Python with whole numbers and fractions (n up to 500) or
// with 50 decimal digits (n = 1e6), from the definitions.
// SPDX-License-Identifier: Apache-2.0
#include "harness/stats/binomial.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "harness/stats/binomial_mass.h"

namespace tracetax {
namespace {

TEST(BinomialMass, KnownAnswers) {
  EXPECT_NEAR(binomial_mass(2, 4, 0.5), 6.0 / 16, 1e-15);
  EXPECT_NEAR(binomial_mass(0, 368, 0.01), std::pow(0.99, 368), 1e-15);
  EXPECT_NEAR(binomial_mass(3, 3, 0.1), 0.001, 1e-17);
  EXPECT_EQ(binomial_mass(0, 5, 0), 1);
  EXPECT_EQ(binomial_mass(4, 5, 1), 0);
  EXPECT_EQ(binomial_mass(900'000, 1'000'000, 0.1), 0);  // too small for a number, and no NaN
}

TEST(BinomialMass, SumsToOneAtAnySize) {
  for (const std::uint64_t n : {1U, 2U, 15U, 16U, 17U, 40U, 1000U, 1'000'000U}) {
    for (const double p : {1e-6, 0.01, 0.5, 0.9999}) {
      double sum = 0;
      const double centre = static_cast<double>(n) * p;
      const double far = 12 * std::sqrt(centre * (1 - p)) + 60;
      const auto first = static_cast<std::uint64_t>(std::max(0.0, centre - far));
      const auto last = std::min(n, static_cast<std::uint64_t>(centre + far));
      for (std::uint64_t k = first; k <= last; ++k) sum += binomial_mass(k, n, p);
      EXPECT_NEAR(sum, 1, 1e-11) << "n = " << n << ", p = " << p;
    }
  }
}

TEST(RateBounds, KnownAnswers) {
  EXPECT_NEAR(rate_upper_bound(0, 20, 0.95), 0.13910834066826522, 1e-12);
  EXPECT_NEAR(rate_upper_bound(0, 59, 0.95), 0.049507609888226944, 1e-12);
  EXPECT_NEAR(rate_upper_bound(0, 100, 0.95), 0.029513049607039935, 1e-12);
  EXPECT_NEAR(rate_upper_bound(0, 299, 0.95), 0.00996914679289927, 1e-12);
  EXPECT_NEAR(rate_upper_bound(1, 20, 0.95), 0.21610616420684733, 1e-12);
  EXPECT_NEAR(rate_upper_bound(3, 60, 0.95), 0.12418721047743611, 1e-12);
  EXPECT_NEAR(rate_lower_bound(20, 20, 0.95), 0.8608916593317348, 1e-12);
  EXPECT_NEAR(rate_lower_bound(19, 20, 0.95), 0.7838938357931526, 1e-12);
}

TEST(RateBounds, ClopperPearsonTakesHalfOnEachSide) {
  EXPECT_NEAR(clopper_pearson(3, 20, 0.95).low, 0.03207093718546372, 1e-12);
  EXPECT_NEAR(clopper_pearson(3, 20, 0.95).high, 0.37892682654531396, 1e-12);
  EXPECT_NEAR(clopper_pearson(7, 10, 0.95).low, 0.3475471499400027, 1e-12);
  EXPECT_NEAR(clopper_pearson(7, 10, 0.95).high, 0.9332604888222655, 1e-12);
  EXPECT_NEAR(clopper_pearson(1, 100, 0.95).low, 0.000253146032977436, 1e-12);
}

TEST(RateBounds, Edges) {
  EXPECT_EQ(clopper_pearson(0, 7, 0.9).low, 0);
  EXPECT_EQ(clopper_pearson(7, 7, 0.9).high, 1);
  EXPECT_EQ(clopper_pearson(0, 0, 0.9).low, 0);
  EXPECT_EQ(clopper_pearson(0, 0, 0.9).high, 1);
  EXPECT_EQ(rate_upper_bound(9, 7, 0.9), 1);  // more hits than trials: all of them
  EXPECT_NEAR(rate_lower_bound(9, 7, 0.9), rate_lower_bound(7, 7, 0.9), 1e-15);
}

/// The bound is by definition where the tail has the given probability: checked by adding up
/// masses.
TEST(RateBounds, LargeCountsKeepTheDefinition) {
  const double bound = rate_upper_bound(300'000, 1'000'000, 0.95);
  double tail = 0;
  for (std::uint64_t k = 290'000; k <= 300'000; ++k) tail += binomial_mass(k, 1'000'000, bound);
  EXPECT_NEAR(tail, 0.05, 1e-9);
}

struct RankCase {
  std::uint64_t n;
  double q;
  std::uint64_t low, high;
  double coverage;
};

TEST(QuantileRanks, KnownAnswers) {
  for (const RankCase& known :
       {RankCase{6, 0.5, 1, 6, 0.96875}, RankCase{10, 0.5, 2, 9, 0.978515625},
        RankCase{36, 0.9, 29, 36, 0.9539621052026521},
        RankCase{100, 0.9, 84, 96, 0.955690107191223},
        RankCase{368, 0.99, 360, 368, 0.9624158204108587},
        RankCase{500, 0.99, 490, 500, 0.9801859498578059},
        RankCase{1'000'000, 0.5, 499'020, 500'981, 0.9501210313476319},
        RankCase{1'000'000, 0.9, 899'412, 900'589, 0.9501989552212771},
        RankCase{1'000'000, 0.99, 989'805, 990'196, 0.9505711243554046},
        RankCase{1'000'000, 0.999, 998'938, 999'062, 0.9502066318459015},
        RankCase{1'000'000, 0.9999, 999'880, 999'920, 0.954692252932092}}) {
    const auto found = quantile_ranks(known.n, known.q, 0.95);
    ASSERT_TRUE(found) << known.n << ' ' << known.q;
    EXPECT_EQ(found->low, known.low) << known.n << ' ' << known.q;
    EXPECT_EQ(found->high, known.high) << known.n << ' ' << known.q;
    EXPECT_NEAR(found->coverage, known.coverage, 1e-9) << known.n << ' ' << known.q;
  }
}

/// Where q^n turns below 2.5 %: n = ceil(ln 0.025 / ln q).
TEST(QuantileRanks, FewestValuesForAnInterval) {
  struct Fewest {
    double q;
    std::uint64_t n;
  };
  for (const Fewest& fewest : {Fewest{0.5, 6}, Fewest{0.9, 36}, Fewest{0.99, 368},
                               Fewest{0.999, 3'688}, Fewest{0.9999, 36'887}}) {
    EXPECT_FALSE(quantile_ranks(fewest.n - 1, fewest.q, 0.95)) << fewest.q;
    ASSERT_TRUE(quantile_ranks(fewest.n, fewest.q, 0.95)) << fewest.q;
    EXPECT_EQ(quantile_ranks(fewest.n, fewest.q, 0.95)->high, fewest.n) << fewest.q;
  }
}

TEST(QuantileRanks, NothingForNonsense) {
  EXPECT_FALSE(quantile_ranks(0, 0.5, 0.95));
  EXPECT_FALSE(quantile_ranks(100, 0, 0.95));
  EXPECT_FALSE(quantile_ranks(100, 1, 0.95));
  EXPECT_FALSE(quantile_ranks(100, std::numeric_limits<double>::quiet_NaN(), 0.95));
  EXPECT_FALSE(quantile_ranks(100, 0.5, 1));
}

// Fisher's tea: of 70 tables 16 + 1 hold as much or more on this side and as many on the other.
TEST(Fisher, TheTeaByHand) { EXPECT_NEAR(fisher_p(3, 4, 1, 4), 34.0 / 70, 1e-12); }

TEST(Fisher, KnownAnswers) {
  EXPECT_NEAR(fisher_p(1, 10, 9, 10), 0.001093333910671372, 1e-14);
  EXPECT_NEAR(fisher_p(8, 10, 1, 10), 0.005477494641581329, 1e-14);
  EXPECT_NEAR(fisher_p(2, 7, 8, 9), 0.03496503496503497, 1e-14);
  EXPECT_NEAR(fisher_p(0, 1000, 10, 1000), 0.001909465165341615, 1e-14);
  EXPECT_NEAR(fisher_p(5, 1000, 5, 2000), 0.3164445807165865, 1e-12);
  EXPECT_NEAR(fisher_p(10, 30'000, 0, 30'000), 0.0019516604736267067, 1e-13);
  EXPECT_NEAR(fisher_p(0, 300'000, 12, 300'000), 0.0004882275409871239, 1e-13);
}

double choose(std::uint64_t n, std::uint64_t k) {
  double product = 1;
  for (std::uint64_t i = 1; i <= k; ++i) {
    product = product * static_cast<double>(n - k + i) / static_cast<double>(i);
  }
  return std::round(product);
}

/// Every table of up to 8 and 7 trials against the definition: the number of ways that are at least
/// as rare, in whole numbers.
TEST(Fisher, EqualsEnumeration) {
  for (std::uint64_t n_1 = 1; n_1 <= 8; ++n_1) {
    for (std::uint64_t n_2 = 1; n_2 <= 7; ++n_2) {
      for (std::uint64_t a = 0; a <= n_1; ++a) {
        for (std::uint64_t b = 0; b <= n_2; ++b) {
          double as_rare = 0;
          const auto ways = [&](std::uint64_t k) {
            return choose(n_1, k) * choose(n_2, a + b - k);
          };
          for (std::uint64_t k = 0; k <= n_1 && k <= a + b; ++k) {
            if (a + b - k <= n_2 && ways(k) <= ways(a)) as_rare += ways(k);
          }
          EXPECT_NEAR(fisher_p(a, n_1, b, n_2), as_rare / choose(n_1 + n_2, a + b), 1e-12)
              << a << " of " << n_1 << ", " << b << " of " << n_2;
        }
      }
    }
  }
}

TEST(Fisher, NothingToTellIsOne) {
  EXPECT_EQ(fisher_p(0, 0, 3, 9), 1);
  EXPECT_EQ(fisher_p(0, 50, 0, 60), 1);
  EXPECT_EQ(fisher_p(50, 50, 60, 60), 1);
  EXPECT_EQ(fisher_p(10, 1000, 10, 1000), 1);
}

/// Counts that no run has, as a file may hold them: an answer, and soon.
TEST(Fisher, HugeCountsEnd) {
  EXPECT_LT(fisher_p(1'000'000'000, 3'000'000'000, 2'000'000'000, 3'000'000'000), 1e-300);
  EXPECT_NEAR(fisher_p(1'000'000'000, 3'000'000'000, 1'000'050'000, 3'000'000'000), 0.171, 0.01);
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  EXPECT_LT(fisher_p(kMost / 3, kMost, kMost / 2, kMost), 1e-300);
  EXPECT_EQ(fisher_p(kMost, kMost, kMost, kMost), 1);
  EXPECT_EQ(fisher_p(7, 5, 5, 5), 1);  // more hits than trials: all of them
}

}  // namespace
}  // namespace tracetax

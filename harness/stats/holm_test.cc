// SPDX-License-Identifier: Apache-2.0
#include "harness/stats/holm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace tracetax {
namespace {

// By hand: 3 * 0.01, 2 * 0.02, 1 * 0.03 raised to the one before.
TEST(Holm, KnownAnswer) {
  EXPECT_EQ(holm_adjusted({}), std::vector<double>{});
  EXPECT_EQ(holm_adjusted(std::vector{0.2}), std::vector{0.2});
  const std::vector<double> adjusted = holm_adjusted(std::vector{0.03, 0.01, 0.02});
  EXPECT_DOUBLE_EQ(adjusted[0], 0.04);
  EXPECT_DOUBLE_EQ(adjusted[1], 0.03);
  EXPECT_DOUBLE_EQ(adjusted[2], 0.04);
}

TEST(Holm, NeverAboveOneAndEqualForEqual) {
  EXPECT_EQ(holm_adjusted(std::vector{0.5, 0.5, 1.0}), (std::vector{1.0, 1.0, 1.0}));
  EXPECT_EQ(holm_adjusted(std::vector{0.0, 0.0}), (std::vector{0.0, 0.0}));
}

/// Holm as the closure of Bonferroni: a test is rejected at the level where every set of tests that
/// holds it has a p-value of at most level / size of the set. All 2^n sets.
std::vector<double> by_closure(const std::vector<double>& p) {
  std::vector<double> adjusted(p.size(), 0);
  for (unsigned set = 1; set < (1U << p.size()); ++set) {
    double smallest = 1, size = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
      if ((set >> i & 1) == 0) continue;
      smallest = std::min(smallest, p[i]);
      size += 1;
    }
    for (std::size_t i = 0; i < p.size(); ++i) {
      if ((set >> i & 1) != 0) adjusted[i] = std::max(adjusted[i], std::min(1.0, size * smallest));
    }
  }
  return adjusted;
}

TEST(Holm, EqualsTheClosureOfBonferroni) {
  std::mt19937_64 random(11);
  std::uniform_int_distribution<int> few(0, 12);  // ties are the rule
  for (std::size_t n = 1; n <= 8; ++n) {
    for (int repeat = 0; repeat < 50; ++repeat) {
      std::vector<double> p;
      for (std::size_t i = 0; i < n; ++i) p.push_back(few(random) / 40.0);
      const std::vector<double> expected = by_closure(p), adjusted = holm_adjusted(p);
      for (std::size_t i = 0; i < n; ++i) EXPECT_DOUBLE_EQ(adjusted[i], expected[i]) << n;
    }
  }
}

/// By its definition: of all k with p_(k) <= k / n * level the largest, and its k smallest.
std::vector<bool> rejected_at(const std::vector<double>& p, double level) {
  std::vector<double> sorted = p;
  std::ranges::sort(sorted);
  double bound = -1;
  for (std::size_t k = 1; k <= p.size(); ++k) {
    if (sorted[k - 1] <= static_cast<double>(k) / static_cast<double>(p.size()) * level) {
      bound = sorted[k - 1];
    }
  }
  std::vector<bool> rejected;
  for (const double value : p) rejected.push_back(value <= bound);
  return rejected;
}

TEST(BenjaminiHochberg, RejectsWhatItsDefinitionRejects) {
  EXPECT_EQ(benjamini_hochberg_adjusted({}), std::vector<double>{});
  std::mt19937_64 random(12);
  std::uniform_int_distribution<int> few(0, 16);  // ties are the rule
  for (std::size_t n = 1; n <= 8; ++n) {
    for (int repeat = 0; repeat < 50; ++repeat) {
      std::vector<double> p;
      for (std::size_t i = 0; i < n; ++i) p.push_back(few(random) / 64.0);
      const std::vector<double> adjusted = benjamini_hochberg_adjusted(p);
      for (int level = 1; level < 40; ++level) {
        const double alpha = level / 41.0;  // no p-value stands exactly at a bound
        const std::vector<bool> rejected = rejected_at(p, alpha);
        for (std::size_t i = 0; i < n; ++i) EXPECT_EQ(adjusted[i] <= alpha, rejected[i]) << alpha;
      }
    }
  }
}

}  // namespace
}  // namespace tracetax

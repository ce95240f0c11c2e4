// SPDX-License-Identifier: Apache-2.0
#include "harness/core/slice_choice.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace tracetax {
namespace {

struct Pilot {
  std::vector<double> first, second;
};

/// Slices of 10 us whose own noise is `own`, beside a neighbour that comes and goes every
/// `burst` rounds and makes everything `slowdown` times as dear.
Pilot pilot(double own, double slowdown, int burst, unsigned seed, int rounds = 40) {
  std::mt19937 random(seed);
  std::normal_distribution<double> noise(0, own);
  Pilot all;
  for (int i = 0; i < rounds; ++i) {
    const double shared = burst > 0 && (i / burst) % 2 == 1 ? slowdown : 1;
    all.first.push_back(10 * shared * std::exp(noise(random)));
    all.second.push_back(11 * shared * std::exp(noise(random)));
  }
  return all;
}

SliceChoice chosen(const Pilot& pilot, int slices) {
  return choose_slices(pilot.first, pilot.second, slices).value();
}

TEST(SliceChoice, BesideANeighbourTurnsSpreadLess) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    const SliceChoice choice = chosen(pilot(0.02, 1.5, 7, seed), 10);
    EXPECT_TRUE(choice.turns()) << seed;
    EXPECT_GT(choice.one_after_another_pct, 10) << seed;
  }
}

/// The spread in turns is known: that of a difference of two means of ten slices each.
TEST(SliceChoice, TheSpreadInTurnsIsThatOfTheMeanOfAsManyPairs) {
  double sum = 0;
  for (unsigned seed = 1; seed <= 50; ++seed)
    sum += chosen(pilot(0.05, 1, 0, seed), 10).in_turns_pct;
  EXPECT_NEAR(sum / 50, 100 * 0.05 * std::sqrt(2.0 / 10), 0.2);
}

/// Without neighbours both are the same but for chance.
TEST(SliceChoice, OnAQuietMachineNeitherIsFarBetter) {
  double in_turns = 0, after_another = 0;
  for (unsigned seed = 1; seed <= 50; ++seed) {
    const SliceChoice choice = chosen(pilot(0.05, 1, 0, seed), 10);
    in_turns += choice.in_turns_pct;
    after_another += choice.one_after_another_pct;
  }
  EXPECT_NEAR(in_turns / after_another, 1, 0.15);
}

/// Slices that disturb each other, such as a cold start that takes turns in being long.
TEST(SliceChoice, WhereSlicesThemselvesAreNoisyArmsGoOneAfterAnother) {
  Pilot noisy = pilot(0.001, 1, 0, 1);
  for (std::size_t i = 0; i < noisy.first.size(); ++i) {
    noisy.first[i] *= i % 2 == 0 ? 1.2 : 0.8;
    noisy.second[i] *= i % 2 == 0 ? 0.8 : 1.2;
  }
  EXPECT_FALSE(chosen(noisy, 10).turns());
}

TEST(SliceChoice, TooFewRoundsSayNothing) {
  const Pilot few = pilot(0.05, 1, 0, 1, 7);
  EXPECT_FALSE(choose_slices(few.first, few.second, 10));
}

}  // namespace
}  // namespace tracetax

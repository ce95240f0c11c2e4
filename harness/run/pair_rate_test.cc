// SPDX-License-Identifier: Apache-2.0
#include "harness/run/pair_rate.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

RunResult with_pairs() {
  RunResult result;
  for (const char* pair : {"gin", "gin", "echo", "", ""}) {
    result.suite.targets.emplace_back().pair = pair;
  }
  for (int target = 0; target < 5; ++target) result.plan.cells.push_back({.target = target});
  result.plan.cells.push_back({.target = 1, .scenario = 1});
  result.plan.cells.push_back({.target = 1, .level = 1});
  result.cell_rates = {700, 0, 0, 0, 0, 0, 0};
  return result;
}

TEST(PairRate, IsThatOfTheHalfBefore) {
  const RunResult result = with_pairs();
  EXPECT_EQ(rate_of_other_half(result, 0), std::nullopt);
  EXPECT_EQ(rate_of_other_half(result, 1), 700);
}

TEST(PairRate, OnlyWithinThePairItsScenarioAndItsLevel) {
  const RunResult result = with_pairs();
  for (std::size_t cell = 2; cell < 7; ++cell) {
    EXPECT_EQ(rate_of_other_half(result, cell), std::nullopt) << cell;
  }
}

TEST(PairRate, IsUnknownWhereTheOtherHalfCouldNotBeMeasured) {
  RunResult result = with_pairs();
  result.cell_rates[0] = 0;
  EXPECT_EQ(rate_of_other_half(result, 1), std::nullopt);
}

}  // namespace
}  // namespace tracetax

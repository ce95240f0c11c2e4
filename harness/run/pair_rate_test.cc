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
  result.cell_rates = {700, 900, 500, 400, 300, 800, 600};
  return result;
}

TEST(PairRate, IsTheLowerOneForBothHalves) {
  RunResult result = with_pairs();
  EXPECT_EQ(shared_rates(result), (std::vector<double>{700, 700, 500, 400, 300, 800, 600}));
  result.cell_rates[1] = 100;  // the emulation may be the slower one
  EXPECT_EQ(shared_rates(result), (std::vector<double>{100, 100, 500, 400, 300, 800, 600}));
}

TEST(PairRate, AHalfThatCouldNotBeMeasuredLowersNothing) {
  RunResult result = with_pairs();
  result.cell_rates[1] = 0;
  EXPECT_EQ(shared_rates(result)[0], 700);
  EXPECT_EQ(shared_rates(result)[1], 0);
}

}  // namespace
}  // namespace tracetax

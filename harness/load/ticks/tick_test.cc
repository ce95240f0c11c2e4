// How a phase is cut, and that ticks added up keep right percentiles.
// SPDX-License-Identifier: Apache-2.0
#include "harness/load/ticks/tick.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace tracetax {
namespace {

using namespace std::chrono_literals;

TEST(TickPlan, CutsIntoTenthsOfASecondAsLongAsThoseAreFewEnough) {
  EXPECT_EQ(ticks_of(1s, 150).length, 100ms);
  EXPECT_EQ(ticks_of(1s, 150).kept, 10U);
  EXPECT_EQ(ticks_of(15s, 150).kept, 150U);
  EXPECT_EQ(ticks_of(15001ms, 150).length, 200ms);
  EXPECT_EQ(ticks_of(15001ms, 150).kept, 76U);
  EXPECT_EQ(ticks_of(60s, 150).length, 400ms);
  EXPECT_LE(ticks_of(24h, 150).kept, 150U);
  EXPECT_EQ(ticks_of(50ms, 150).kept, 1U);
}

/// The value that `quantile` of them do not exceed.
std::int64_t exact(std::vector<std::int64_t> values, double quantile) {
  std::sort(values.begin(), values.end());
  const auto rank =
      static_cast<std::size_t>(std::ceil(quantile * static_cast<double>(values.size())));
  return values[std::max<std::size_t>(rank, 1) - 1];
}

void expect_merged_percentiles(int digits, double most_off) {
  std::mt19937_64 random{11};
  std::lognormal_distribution<double> usual{12, 0.7};  // around 160 us
  std::vector<std::int64_t> all;
  LoadTick total(digits);
  for (int worker = 0; worker < 3; ++worker) {
    for (int number = 0; number < 20; ++number) {
      LoadTick tick(digits);
      for (int i = 0; i < 500; ++i) {
        // One worker is five times as slow: percentiles of the whole are not means of theirs.
        const auto value = static_cast<std::int64_t>(usual(random) * (worker == 2 ? 5 : 1));
        tick.response.record(value);
        all.push_back(value);
      }
      total.merge(tick);
    }
  }
  ASSERT_EQ(total.response.count(), 30'000);
  for (const double quantile : {0.5, 0.9, 0.99, 0.999}) {
    const auto right = static_cast<double>(exact(all, quantile));
    EXPECT_NEAR(total.response.quantile_interpolated(quantile), right, most_off * right)
        << digits << " digits, " << quantile;
  }
}

TEST(LoadTick, MergedPercentilesAreAsExactAsTheirDigitsSay) {
  expect_merged_percentiles(1, 0.063);
  expect_merged_percentiles(2, 0.008);
}

TEST(LoadTick, CountsAndErrorsAddUpAndAreForgotten) {
  LoadTick first, second;
  first.number = 3;
  first.ok = 5, second.ok = 7;
  first.late = 1;
  second.errors.add({Ending::Kind::status, 500});
  second.errors.add(ErrorKind::timeout);
  first.errors.add({Ending::Kind::status, 500});
  second.lag.record(400);
  first.merge(second);
  EXPECT_EQ(first.number, 3);
  EXPECT_EQ(first.ok, 12U);
  EXPECT_EQ(first.late, 1U);
  EXPECT_EQ(first.errors.named(), (ErrorCounts{{"status_500", 2}, {"timeout", 1}}));
  EXPECT_EQ(first.errors.total(), 3U);
  EXPECT_EQ(first.lag.count(), 1);
  first.reset();
  EXPECT_EQ(first.ok + first.late + first.errors.total(), 0U);
  EXPECT_TRUE(first.errors.named().empty() && first.lag.empty());
}

TEST(LoadTick, TakesTheMemoryThatItsPlanSays) {
  EXPECT_LE(sizeof(LoadTick) + 2 * LoadTick{1}.response.memory_bytes(), 17U * 1024);
  EXPECT_LE(sizeof(LoadTick) + 2 * LoadTick{2}.response.memory_bytes(), 68U * 1024);
}

}  // namespace
}  // namespace tracetax

// Sequences by hand, and a long one against a reference that sums every request each time.
// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/govern/breaker_kratos.h"

#include <gtest/gtest.h>

#include <random>
#include <utility>
#include <vector>

#include "targets/request/scripted_draws.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;

TEST(BreakerKratos, DropsNothingBelowAHundredRequests) {
  KratosBreaker breaker({}, 0ns);
  ScriptedDraws draws({0.0});
  for (int i = 0; i < 99; ++i) breaker.fail(1ms);
  EXPECT_TRUE(breaker.allow(1ms, draws.uniform()));
  EXPECT_EQ(draws.taken(), 0U);
  breaker.fail(1ms);
  EXPECT_FALSE(breaker.allow(1ms, draws.uniform()));
}

TEST(BreakerKratos, SixtyPercentOfSuccessesIsTheTurn) {
  // 100 requests: 61 successes allow 101.67 and pass without a draw, 59 allow 98.33: 1.67 / 101.
  KratosBreaker good({}, 0ns);
  KratosBreaker bad({}, 0ns);
  for (int i = 0; i < 100; ++i) {
    i < 61 ? good.succeed(1ms) : good.fail(1ms);
    i < 59 ? bad.succeed(1ms) : bad.fail(1ms);
  }
  ScriptedDraws draws({0.0166, 0.0165});
  EXPECT_TRUE(good.allow(1ms, draws.uniform()));
  EXPECT_EQ(draws.taken(), 0U);
  EXPECT_TRUE(bad.allow(1ms, draws.uniform()));
  EXPECT_FALSE(bad.allow(1ms, draws.uniform()));
}

TEST(BreakerKratos, CountsItsOwnRejectionsAsFailures) {
  // 100 requests, 55 of them successes: 8.33 / 101 = 0.0825. After ten rejections 110 are known:
  // 18.33 / 111 = 0.1652.
  KratosBreaker breaker({}, 0ns);
  for (int i = 0; i < 100; ++i) i < 55 ? breaker.succeed(1ms) : breaker.fail(1ms);
  ScriptedDraws between({0.12});
  EXPECT_TRUE(breaker.allow(1ms, between.uniform()));
  ScriptedDraws low({0.0});
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(breaker.allow(1ms, low.uniform()));
  EXPECT_FALSE(breaker.allow(1ms, between.uniform()));
}

TEST(BreakerKratos, ForgetsAfterThreeSeconds) {
  KratosBreaker breaker({}, 0ns);
  ScriptedDraws draws({0.0});
  for (int i = 0; i < 200; ++i) breaker.fail(1ms);
  EXPECT_TRUE(breaker.allow(3s, draws.uniform()));
}

TEST(BreakerKratos, DecidesAsTheReferenceDoes) {
  std::mt19937_64 random(11);
  std::uniform_real_distribution<double> unit;
  KratosBreaker breaker({}, 0ns);
  std::vector<std::pair<std::int64_t, bool>> events;  // bucket of 300 ms, success
  Nanos now = 0ns;
  double failure_share = 0.5;
  int drops = 0;
  for (int i = 0; i < 8'000; ++i) {
    if (i % 400 == 0) failure_share = unit(random);
    now += Nanos(static_cast<std::int64_t>(unit(random) * 15e6));
    const std::int64_t bucket = now.count() / 300'000'000;
    double total = 0;
    double successes = 0;
    for (auto it = events.rbegin(); it != events.rend() && it->first > bucket - 10; ++it) {
      total += 1;
      if (it->second) successes += 1;
    }
    const double draw = unit(random);
    const bool calm = total < 100 || total < successes / 0.6;
    const bool expected = calm || draw >= (total - successes / 0.6) / (total + 1);
    ScriptedDraws draws({draw});
    ASSERT_EQ(breaker.allow(now, draws.uniform()), expected) << i;
    ASSERT_EQ(draws.taken(), calm ? 0U : 1U) << i;
    if (!expected) {
      ++drops;
      events.emplace_back(bucket, false);
      continue;
    }
    const bool failed = unit(random) < failure_share;
    failed ? breaker.fail(now) : breaker.succeed(now);
    events.emplace_back(bucket, !failed);
  }
  EXPECT_GT(drops, 300);
  EXPECT_LT(drops, 7'000);
}

}  // namespace
}  // namespace tracetax

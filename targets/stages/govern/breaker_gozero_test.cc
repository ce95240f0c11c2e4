// Sequences by hand, and a long one against a reference that sums every request each time.
// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/govern/breaker_gozero.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "targets/request/scripted_draws.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;

TEST(BreakerGozero, PassesFiveFailuresAndThenByChance) {
  GozeroBreaker breaker({}, 0ns);
  ScriptedDraws draws({0.124, 0.126});
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(breaker.allow(1ms, draws.uniform()));
    breaker.fail(1ms);
  }
  // total 5: (5 - 5 - 0) / 6 = 0.
  EXPECT_TRUE(breaker.allow(1ms, draws.uniform()));
  EXPECT_EQ(draws.taken(), 0U);
  breaker.fail(1ms);
  // total 6: 1 / 7 = 0.1429; the draw 0.124 drops.
  EXPECT_FALSE(breaker.allow(1ms, draws.uniform()));
  // total 7, the drop counted: 2 / 8 = 0.25; the draw 0.126 drops too.
  EXPECT_FALSE(breaker.allow(1ms, draws.uniform()));
  EXPECT_EQ(draws.taken(), 2U);
}

TEST(BreakerGozero, HalfOfSuccessesIsEnoughToPassEverything) {
  GozeroBreaker breaker({}, 0ns);
  ScriptedDraws draws({0.0});
  for (int i = 0; i < 40; ++i) {
    breaker.succeed(1ms);
    if (i % 2 == 0) breaker.fail(1ms);
  }
  // total 60, accepts 40: 60 - 5 - 1.5 * 40 < 0.
  EXPECT_TRUE(breaker.allow(1ms, draws.uniform()));
  EXPECT_EQ(draws.taken(), 0U);
}

TEST(BreakerGozero, FailingBucketsLowerTheFactor) {
  // 60 successes, 20 failures in each of the next 2 buckets: total 100, 100 - 5 - k * 60. With k
  // = 1.5 that is 5, with k = 1.5 - 0.4 * 2 / 40 = 1.48 it is 6.2: 6.2 / 101 = 0.0614.
  GozeroBreaker breaker({}, 0ns);
  for (int i = 0; i < 60; ++i) breaker.succeed(1ms);
  for (int i = 0; i < 20; ++i) breaker.fail(251ms);
  for (int i = 0; i < 20; ++i) breaker.fail(501ms);
  ScriptedDraws above({0.0615});
  EXPECT_TRUE(breaker.allow(501ms, above.uniform()));
  ScriptedDraws below({0.0613});
  EXPECT_FALSE(breaker.allow(501ms, below.uniform()));
}

TEST(BreakerGozero, WorkingBucketsSoftenTheRatio) {
  // 46 failures, then one success in each of 4 buckets: total 50, ratio (45 - 1.5 * 4) / 51 =
  // 0.7647, times 36 / 40 = 0.6882.
  GozeroBreaker breaker({}, 0ns);
  for (int i = 0; i < 46; ++i) breaker.fail(1ms);
  for (int i = 1; i <= 4; ++i) breaker.succeed(i * 250ms);
  ScriptedDraws above({0.6883});
  EXPECT_TRUE(breaker.allow(1000ms, above.uniform()));
  ScriptedDraws below({0.6881});
  EXPECT_FALSE(breaker.allow(1000ms, below.uniform()));
}

TEST(BreakerGozero, ForcesAPassWhenNoneWasForASecond) {
  GozeroBreaker breaker({}, 0ns);
  ScriptedDraws never({0.0});
  ScriptedDraws always({0.9999});
  for (int i = 0; i < 100; ++i) breaker.fail(1ms);
  // Nothing was ever passed while dropping, so nothing is forced.
  EXPECT_FALSE(breaker.allow(3s, never.uniform()));
  EXPECT_TRUE(breaker.allow(3s, always.uniform()));
  EXPECT_FALSE(breaker.allow(4s, never.uniform()));  // exactly one second is not longer than one
  const std::size_t taken = never.taken();
  EXPECT_TRUE(breaker.allow(4s + 1ns, never.uniform()));
  EXPECT_EQ(never.taken(), taken);
  EXPECT_FALSE(breaker.allow(4s + 2ns, never.uniform()));
}

TEST(BreakerGozero, ForgetsAfterTenSeconds) {
  GozeroBreaker breaker({}, 0ns);
  ScriptedDraws draws({0.0});
  for (int i = 0; i < 100; ++i) breaker.fail(1ms);
  EXPECT_FALSE(breaker.allow(9999ms, draws.uniform()));
  GozeroBreaker other({}, 0ns);
  for (int i = 0; i < 100; ++i) other.fail(1ms);
  EXPECT_TRUE(other.allow(10s, draws.uniform()));
}

// The same rules with no window, no running sums and no state but the list of what happened.
struct Reference {
  enum class Kind { success, failure, drop };
  struct Event {
    std::int64_t bucket;
    Kind kind;
  };
  std::vector<Event> events;
  std::int64_t last_pass_ns = -1;

  static std::int64_t bucket_of(Nanos now) { return now.count() / 250'000'000; }

  bool allow(Nanos now, double draw, bool& drew) {
    double total = 0;
    double accepts = 0;
    std::vector<int> ok(40, 0);
    std::vector<int> bad(40, 0);
    for (const Event& event : events) {
      const std::int64_t age = bucket_of(now) - event.bucket;
      if (age >= 40) continue;
      const auto at = static_cast<std::size_t>(39 - age);
      total += 1;
      if (event.kind == Kind::success) ++ok[at];
      if (event.kind == Kind::failure) ++bad[at];
      if (event.kind == Kind::success) accepts += 1;
    }
    // Runs, counted backwards from now over buckets that hold more than drops.
    int failing = 0;
    int working = 0;
    for (std::size_t at = 40; at-- > 0;) {
      if (ok[at] > 0) break;
      if (bad[at] > 0) ++failing;
    }
    for (std::size_t at = 40; at-- > 0;) {
      if (bad[at] > 0) break;
      if (ok[at] > 0) ++working;
    }
    double ratio = (total - 5 - (1.5 - 0.4 * failing / 40) * accepts) / (total + 1);
    drew = false;
    if (ratio <= 1e-12) return true;
    if (last_pass_ns < 0 || now.count() - last_pass_ns <= 1'000'000'000) {
      drew = true;
      ratio *= (40.0 - working) / 40;
      if (draw < ratio) {
        events.push_back({bucket_of(now), Kind::drop});
        return false;
      }
    }
    last_pass_ns = now.count();
    return true;
  }
};

TEST(BreakerGozero, DecidesAsTheReferenceDoes) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> unit;
  GozeroBreaker breaker({}, 0ns);
  Reference reference;
  Nanos now = 1ns;
  double failure_share = 0.1;
  int drops = 0;
  for (int i = 0; i < 6'000; ++i) {
    if (i % 500 == 0) failure_share = unit(random) < 0.5 ? unit(random) * 0.2 : unit(random);
    now += Nanos(static_cast<std::int64_t>(unit(random) * (i % 700 == 0 ? 4e9 : 40e6)));
    const double draw = unit(random);
    ScriptedDraws draws({draw});
    bool drew = false;
    const bool expected = reference.allow(now, draw, drew);
    ASSERT_EQ(breaker.allow(now, draws.uniform()), expected) << i;
    ASSERT_EQ(draws.taken(), drew ? 1U : 0U) << i;
    if (!expected) {
      ++drops;
      continue;
    }
    const bool failed = unit(random) < failure_share;
    failed ? breaker.fail(now) : breaker.succeed(now);
    reference.events.push_back(
        {Reference::bucket_of(now), failed ? Reference::Kind::failure : Reference::Kind::success});
  }
  EXPECT_GT(drops, 300);
  EXPECT_LT(drops, 5'000);
}

}  // namespace
}  // namespace tracetax

// The limiters and the latch, each on a scripted clock by hand, and as stages in a chain.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <thread>
#include <vector>

#include "targets/engine/latch.h"
#include "targets/request/exchange_fixture.h"
#include "targets/stages/govern/limit_climb.h"
#include "targets/stages/govern/limit_qps.h"
#include "targets/stages/govern/limit_token.h"
#include "targets/stages/govern/limit_tps.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;

template <typename Limiter>
int allowed(Limiter& limiter, Nanos now, int asked) {
  int count = 0;
  for (int i = 0; i < asked; ++i) {
    if (limiter.allow(now)) ++count;
  }
  return count;
}

TEST(LimitToken, BurstThenRate) {
  TokenBucket bucket({.rate = 100, .burst = 5}, 0ns);
  EXPECT_EQ(allowed(bucket, 0ns, 20), 5);
  EXPECT_FALSE(bucket.allow(10ms - 1ns));
  EXPECT_TRUE(bucket.allow(10ms));
  EXPECT_EQ(allowed(bucket, 40ms, 20), 3);
  EXPECT_EQ(allowed(bucket, 10s, 20), 5);
  EXPECT_FALSE(bucket.allow(9s));  // a clock that goes back brings nothing
}

TEST(LimitQps, ATickBringsItsShare) {
  QpsLimiter limiter({.limit = 50}, 0ns);
  EXPECT_EQ(allowed(limiter, 0ns, 100), 5);
  EXPECT_EQ(allowed(limiter, 100ms - 1ns, 100), 0);
  EXPECT_EQ(allowed(limiter, 100ms, 100), 5);
  EXPECT_EQ(allowed(limiter, 399ms, 100), 10);  // two ticks
}

TEST(LimitQps, APauseSavesUpToOneSecond) {
  QpsLimiter limiter({.limit = 50}, 0ns);
  EXPECT_EQ(allowed(limiter, 1h, 100), 50);
  EXPECT_EQ(allowed(limiter, 1h + 100ms, 100), 5);
}

TEST(LimitQps, ALimitBelowOneATickLetsNothingPass) {
  QpsLimiter limiter({.limit = 5}, 0ns);  // kitex: 5 / 10 is cut to 0
  EXPECT_EQ(allowed(limiter, 10s, 100), 0);
}

TEST(LimitQps, ZeroIsNoLimit) {
  QpsLimiter limiter({.limit = 0}, 0ns);
  EXPECT_EQ(allowed(limiter, 0ns, 100), 100);
}

TEST(LimitTps, CountsPerWindow) {
  TpsLimiter limiter({.limit = 3, .window = 1s}, 0ns);
  EXPECT_EQ(allowed(limiter, 0ns, 10), 3);
  EXPECT_EQ(allowed(limiter, 1s, 10), 0);  // exactly the window is still the window
  EXPECT_EQ(allowed(limiter, 1s + 1ns, 10), 3);
  EXPECT_EQ(allowed(limiter, 2s + 1ns, 10), 0);  // it began at 1 s and 1 ns
  EXPECT_EQ(allowed(limiter, 2s + 2ns, 10), 3);
}

class LimitClimb : public testing::Test {
 protected:
  // One request that ends at `now`.
  void finish(Nanos now, Nanos took) {
    ASSERT_TRUE(climb.acquire());
    climb.done(now - took, now);
  }
  // `requests` that all end at `now`; of a round of their own, they leave its mean at `took`.
  void finish_all(Nanos now, int requests, Nanos took) {
    for (int i = 0; i < requests; ++i) finish(now, took);
  }
  HillClimb climb{{}, 0ns};
};

TEST_F(LimitClimb, StartsAtFiftyAtOnce) {
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(climb.acquire());
  EXPECT_FALSE(climb.acquire());
  EXPECT_EQ(climb.remaining(), 0U);
}

TEST_F(LimitClimb, TheFirstRoundsClimbByOneAndAHalfLogarithms) {
  finish(1ms, 10ms);              // no mean yet: a round of its own
  EXPECT_EQ(climb.limit(), 55U);  // 50 + 1.5 ln 50 = 55.87
  finish_all(500ms, 100, 10ms);
  EXPECT_EQ(climb.limit(), 55U);
  finish(1002ms, 10ms);           // no best mean yet: up, and this round is the best
  EXPECT_EQ(climb.limit(), 61U);  // 55 + 1.5 ln 55 = 61.01
}

TEST_F(LimitClimb, BelowAMillisecondEachRequestClimbs) {
  for (int i = 0; i < 1000; ++i) finish(1ms, 100us);
  EXPECT_EQ(climb.limit(), 500U);
}

TEST_F(LimitClimb, StepsBackFromSlowerRoundsAndTurnsSlower) {
  finish(1ms, 10ms);
  finish_all(500ms, 100, 10ms);
  finish(1002ms, 10ms);  // best: 100/s, 10 ms, capacity 100 * 1000 / 10 = 10000, limit 55
  EXPECT_EQ(climb.limit(), 61U);
  finish_all(1500ms, 50, 40ms);  // capacity 50 * 1000 / 40 = 1250, and 30 ms slower than 10
  finish(2003ms, 40ms);
  // Back to 55 - 1.5 ln 61 = 48.83. The round is 2 s now.
  EXPECT_EQ(climb.limit(), 48U);
  finish_all(3000ms, 50, 40ms);
  finish(3500ms, 40ms);
  EXPECT_EQ(climb.limit(), 48U);
  finish(4004ms, 40ms);
  // 52 * 2000 / 40 = 2600 against 10000: back to 55 - 0.8 ln 48 / log2(4) = 53.45.
  EXPECT_EQ(climb.limit(), 53U);
}

TEST_F(LimitClimb, AFasterRoundIsNoReasonToStepBack) {
  finish(1ms, 10ms);
  finish_all(500ms, 100, 10ms);
  finish(1002ms, 10ms);
  finish_all(1500ms, 90, 5ms);  // capacity 18000: 1.5 times that is above the limit
  finish(2003ms, 5ms);
  EXPECT_EQ(climb.limit(), 67U);  // 61 + 1.5 ln 61 = 67.17
}

TEST(Latch, LetsInAsManyAsItsLimit) {
  Latch latch(2);
  EXPECT_TRUE(latch.try_enter());
  EXPECT_TRUE(latch.try_enter());
  EXPECT_FALSE(latch.try_enter());
  latch.leave();
  EXPECT_TRUE(latch.try_enter());
}

TEST(Latch, NeverMoreAtOnceUnderThreads) {
  Latch latch(3);
  std::atomic<bool> exceeded = false;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 10'000; ++k) {
        if (!latch.try_enter()) continue;
        if (latch.inside() > 3) exceeded = true;
        latch.leave();
      }
    });
  }
  threads.clear();
  EXPECT_FALSE(exceeded);
  EXPECT_EQ(latch.inside(), 0);
}

unsigned status_of(const Chain& chain) {
  ExchangeFixture f;
  chain.handle(f.exchange);
  return f.exchange.status;
}

TEST(LimitStages, AnswerFourHundredTwentyNine) {
  const auto ignore = [](Exchange&) {};
  const Chain token = chain_of(make_stage(LimitTokenSpec{.rate = 1e-9, .burst = 1}), ignore);
  EXPECT_EQ(status_of(token), 200U);
  EXPECT_EQ(status_of(token), 429U);
  const Chain qps = chain_of(make_stage(LimitQpsSpec{.limit = 1, .tick = 24h}), ignore);
  EXPECT_EQ(status_of(qps), 200U);
  EXPECT_EQ(status_of(qps), 429U);
  const Chain tps = chain_of(make_stage(LimitTpsSpec{.limit = 1, .window = 24h}), ignore);
  EXPECT_EQ(status_of(tps), 200U);
  EXPECT_EQ(status_of(tps), 429U);
}

// One request inside another needs two places.
template <typename Spec>
unsigned nested_status(const Spec& spec) {
  unsigned inner = 0;
  const Chain* self = nullptr;
  const Chain chain = chain_of(make_stage(spec), [&](Exchange&) {
    if (inner != 0) return;
    inner = 1;
    inner = status_of(*self);
  });
  self = &chain;
  EXPECT_EQ(status_of(chain), 200U);
  EXPECT_EQ(status_of(chain), 200U);  // the place is free again
  return inner;
}

TEST(LimitStages, AtOnceAnswersFiveHundredThree) {
  EXPECT_EQ(nested_status(LatchSpec{.limit = 1}), 503U);
  EXPECT_EQ(nested_status(LatchSpec{.limit = 2}), 200U);
  EXPECT_EQ(nested_status(LimitClimbSpec{.limit_start = 1, .limit_max = 1}), 503U);
}

TEST(LimitStages, AnExceptionFreesThePlace) {
  const auto fail = [](Exchange&) { throw std::runtime_error("oops"); };
  const Chain latch = chain_of(make_stage(LatchSpec{.limit = 1}), fail);
  const Chain climb = chain_of(make_stage(LimitClimbSpec{.limit_start = 1, .limit_max = 1}), fail);
  for (const Chain* chain : {&latch, &climb}) {
    for (int i = 0; i < 3; ++i) {
      ExchangeFixture f;
      EXPECT_THROW(chain->handle(f.exchange), std::runtime_error);
    }
  }
}

}  // namespace
}  // namespace tracetax

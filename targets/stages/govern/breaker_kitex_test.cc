// The three states by hand, and the closed one against a reference that counts every request.
// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/govern/breaker_kitex.h"

#include <gtest/gtest.h>

#include <random>
#include <utility>
#include <vector>

#include "targets/request/scripted_draws.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;
using State = KitexBreaker::State;

class BreakerKitex : public testing::Test {
 protected:
  bool allow(Nanos now) { return breaker.allow(now, draws.uniform()); }
  void trip(Nanos now) {
    for (int i = 0; i < 200; ++i) breaker.fail(now);
  }

  ScriptedDraws draws{{0.0}};
  KitexBreaker breaker{{}, 0ns};
};

TEST_F(BreakerKitex, OpensAtTheTwoHundredthSampleOfWhichHalfFail) {
  for (int i = 0; i < 100; ++i) breaker.succeed(1ms);
  for (int i = 0; i < 99; ++i) breaker.fail(1ms);
  EXPECT_EQ(breaker.state(), State::closed);
  EXPECT_TRUE(allow(1ms));
  breaker.fail(1ms);
  EXPECT_EQ(breaker.state(), State::open);
  EXPECT_FALSE(allow(1ms));
}

TEST_F(BreakerKitex, StaysClosedJustBelowHalf) {
  for (int i = 0; i < 201; ++i) breaker.succeed(1ms);
  for (int i = 0; i < 200; ++i) breaker.fail(1ms);
  EXPECT_EQ(breaker.state(), State::closed);
}

TEST_F(BreakerKitex, ASuccessNeverTrips) {
  for (int i = 0; i < 199; ++i) breaker.fail(1ms);
  breaker.succeed(1ms);
  EXPECT_EQ(breaker.state(), State::closed);
  breaker.fail(1ms);
  EXPECT_EQ(breaker.state(), State::open);
}

TEST_F(BreakerKitex, AfterFiveSecondsItProbesEach200Ms) {
  trip(1s);
  EXPECT_FALSE(allow(6s - 1ns));
  EXPECT_EQ(breaker.state(), State::open);
  EXPECT_TRUE(allow(6s));
  EXPECT_EQ(breaker.state(), State::half_open);
  EXPECT_FALSE(allow(6s + 200ms - 1ns));
  EXPECT_TRUE(allow(6s + 200ms));
  EXPECT_FALSE(allow(6s + 201ms));
}

TEST_F(BreakerKitex, TwoSuccessesCloseAndEmptyTheWindow) {
  trip(1s);
  EXPECT_TRUE(allow(6s));
  breaker.succeed(6s);
  EXPECT_EQ(breaker.state(), State::half_open);
  EXPECT_TRUE(allow(7s));
  breaker.succeed(7s);
  EXPECT_EQ(breaker.state(), State::closed);
  for (int i = 0; i < 199; ++i) breaker.fail(7s);
  EXPECT_EQ(breaker.state(), State::closed);
}

TEST_F(BreakerKitex, AFailedProbeOpensForFiveSecondsMore) {
  trip(1s);
  EXPECT_TRUE(allow(6s));
  breaker.succeed(6s);
  EXPECT_TRUE(allow(7s));
  breaker.fail(7s);
  EXPECT_EQ(breaker.state(), State::open);
  EXPECT_FALSE(allow(12s - 1ns));
  EXPECT_TRUE(allow(12s));
  breaker.succeed(12s);  // the success before the failure no longer counts
  EXPECT_EQ(breaker.state(), State::half_open);
}

TEST_F(BreakerKitex, LateAnswersDoNotMoveAnOpenBreaker) {
  trip(1s);
  breaker.succeed(2s);
  breaker.succeed(2s);
  breaker.fail(3s);
  EXPECT_EQ(breaker.state(), State::open);
  EXPECT_TRUE(allow(6s));
}

TEST(BreakerKitexWindow, TripsWhenTheReferenceDoes) {
  std::mt19937_64 random(3);
  int trips = 0;
  for (int round = 0; round < 40; ++round) {
    KitexBreaker breaker({}, 0ns);
    std::vector<std::pair<std::int64_t, bool>> events;
    Nanos now = 0ns;
    for (int i = 0; i < 1'500; ++i) {
      now += Nanos(random() % 90'000'000);
      const std::int64_t bucket = now.count() / 100'000'000;
      const bool failed = random() % 100 < 44 + static_cast<unsigned>(round) % 10;
      events.emplace_back(bucket, failed);
      failed ? breaker.fail(now) : breaker.succeed(now);
      double total = 0;
      double failures = 0;
      for (auto it = events.rbegin(); it != events.rend() && it->first > bucket - 100; ++it) {
        total += 1;
        if (it->second) failures += 1;
      }
      const bool expected = failed && total >= 200 && failures / total >= 0.5;
      ASSERT_EQ(breaker.state() == State::open, expected) << round << " " << i;
      if (expected) {
        ++trips;
        break;
      }
    }
  }
  EXPECT_GT(trips, 5);
  EXPECT_LT(trips, 40);
}

}  // namespace
}  // namespace tracetax

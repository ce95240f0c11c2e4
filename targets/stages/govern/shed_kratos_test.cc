// Flights and decisions by hand, on a scripted clock and a scripted CPU load.
// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/govern/shed_kratos.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "targets/request/exchange_fixture.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;

// Buckets last 100 ms.
void serve(KratosShedder& shedder, Nanos now, int requests, Nanos took) {
  for (int i = 0; i < requests; ++i) {
    ASSERT_TRUE(shedder.allow(now, 0));
    shedder.done(now - took, now);
  }
}

TEST(ShedKratos, AllowedFlightsAreBestRateTimesShortestTime) {
  KratosShedder shedder({}, 0ns);
  serve(shedder, 50ms, 20, 10ms);
  serve(shedder, 150ms, 5, 40ms);
  EXPECT_EQ(shedder.flights_max(160ms), 2);  // 20 * 10 ms * 10 buckets/s / 1000
  serve(shedder, 250ms, 39, 15ms);
  EXPECT_EQ(shedder.flights_max(260ms), 2);  // the bucket of now counts for nothing
  EXPECT_EQ(shedder.flights_max(360ms), 3);  // 39 * 10 * 10 / 1000 = 3.9, cut
}

TEST(ShedKratos, TimesAreWholeMillisecondsAndAtLeastOne) {
  KratosShedder shedder({}, 0ns);
  serve(shedder, 50ms, 300, 999us);
  EXPECT_EQ(shedder.flights_max(100ms), 3);  // 300 * 1 * 10 / 1000
  KratosShedder other({}, 0ns);
  serve(other, 50ms, 150, 1999us);  // 1
  serve(other, 50ms, 150, 2ms);     // 2; the mean of 1.5 is rounded up
  EXPECT_EQ(other.flights_max(100ms), 6);
}

TEST(ShedKratos, KeepsTheFlightsForOneBucket) {
  KratosShedder shedder({}, 0ns);
  serve(shedder, 50ms, 100, 10ms);
  EXPECT_EQ(shedder.flights_max(120ms), 10);
  serve(shedder, 150ms, 200, 10ms);
  EXPECT_EQ(shedder.flights_max(219ms), 10);
  EXPECT_EQ(shedder.flights_max(220ms), 20);
}

TEST(ShedKratos, WithoutHistoryNothingIsAllowedBesideOne) {
  KratosShedder shedder({}, 0ns);
  EXPECT_EQ(shedder.flights_max(0ns), 0);  // 1 * 1 * 10 / 1000
  EXPECT_TRUE(shedder.allow(0ns, 1000));
  EXPECT_TRUE(shedder.allow(0ns, 1000));  // one in flight is never too many
  EXPECT_FALSE(shedder.allow(0ns, 1000));
}

class ShedKratosUnderLoad : public testing::Test {
 protected:
  // 10 requests of 100 ms in one bucket: 10 flights.
  ShedKratosUnderLoad() { serve(shedder, 50ms, 10, 100ms); }
  void fly(int flights) {
    for (int i = 0; i < flights; ++i) ASSERT_TRUE(shedder.allow(150ms, 0));
  }
  KratosShedder shedder{{}, 0ns};
};

TEST_F(ShedKratosUnderLoad, DropsAboveTheFlightsWhileTheCpuIsBusy) {
  fly(11);
  EXPECT_TRUE(shedder.allow(150ms, 799));
  EXPECT_FALSE(shedder.allow(150ms, 800));
  shedder.done(150ms, 150ms);
  shedder.done(150ms, 150ms);
  EXPECT_EQ(shedder.in_flight(), 10);
  EXPECT_TRUE(shedder.allow(150ms, 800));
}

TEST_F(ShedKratosUnderLoad, DropsForASecondAfterTheFirstDropEvenWhenCalm) {
  fly(12);
  EXPECT_FALSE(shedder.allow(200ms, 800));
  EXPECT_FALSE(shedder.allow(1000ms, 800));  // the first drop counts, not this one
  EXPECT_FALSE(shedder.allow(1200ms, 0));
  EXPECT_TRUE(shedder.allow(1200ms + 1ns, 0));
  EXPECT_TRUE(shedder.allow(1200ms + 2ns, 0));
}

TEST_F(ShedKratosUnderLoad, BusyWithoutADropIsForgottenAtOnce) {
  fly(10);
  EXPECT_TRUE(shedder.allow(200ms, 900));
  EXPECT_TRUE(shedder.allow(200ms, 0));
  EXPECT_TRUE(shedder.allow(200ms, 0));
}

TEST(ShedKratosStage, AnswersKratosErrorObject) {
  // No history: at most one beside this one. Two nested requests are one too many.
  int depth = 0;
  unsigned deepest = 0;
  std::string answer;
  const Chain* self = nullptr;
  const Chain chain =
      chain_of(make_stage(ShedKratosSpec{.cpu = [] { return std::int64_t{900}; }}), [&](Exchange&) {
        if (++depth > 5) return;
        ExchangeFixture f;
        self->handle(f.exchange);
        if (f.exchange.status != 429) return;
        deepest = f.exchange.status;
        answer = f.exchange.answer;
      });
  self = &chain;
  ExchangeFixture f;
  chain.handle(f.exchange);
  EXPECT_EQ(depth, 2);
  EXPECT_EQ(deepest, 429U);
  EXPECT_NE(answer.find(R"("reason":"RATELIMIT")"), std::string::npos);
}

TEST(ShedKratosStage, AnExceptionLandsTheFlight) {
  const Chain chain = chain_of(make_stage(ShedKratosSpec{.cpu = [] { return std::int64_t{1000}; }}),
                               [](Exchange&) { throw std::runtime_error("oops"); });
  for (int i = 0; i < 1000; ++i) {
    ExchangeFixture f;
    EXPECT_THROW(chain.handle(f.exchange), std::runtime_error);
  }
}

}  // namespace
}  // namespace tracetax

// Flights and decisions by hand, on a scripted clock and a scripted CPU load.
// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/govern/shed_gozero.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "targets/request/exchange_fixture.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;

// Buckets last 100 ms. Each call ends within the bucket that `now` lies in.
void serve(GozeroShedder& shedder, Nanos now, int requests, Nanos took) {
  for (int i = 0; i < requests; ++i) {
    ASSERT_TRUE(shedder.allow(now, 0));
    shedder.pass(now - took, now);
  }
}

TEST(ShedGozero, AllowedFlightsAreBestRateTimesShortestTime) {
  GozeroShedder shedder({}, 0ns);
  serve(shedder, 50ms, 20, 10ms);
  serve(shedder, 150ms, 5, 3ms);
  // The bucket of now counts for nothing: 20 per bucket * 10 buckets/s * 10 ms.
  EXPECT_DOUBLE_EQ(shedder.flights_max(199ms), 2.0);
  // Then the second bucket's 3 ms count: 20 * 10 * 0.003 = 0.6, and at least 1.
  EXPECT_DOUBLE_EQ(shedder.flights_max(200ms), 1.0);
  serve(shedder, 250ms, 100, 3ms);
  EXPECT_DOUBLE_EQ(shedder.flights_max(299ms), 1.0);
  EXPECT_DOUBLE_EQ(shedder.flights_max(300ms), 3.0);
}

TEST(ShedGozero, TimesAreRoundedUpAndTheirMeanRounded) {
  GozeroShedder shedder({}, 0ns);
  ASSERT_TRUE(shedder.allow(1ms, 0));
  shedder.pass(1ms, 2ms + 1ns);  // 2 ms
  ASSERT_TRUE(shedder.allow(1ms, 0));
  shedder.pass(1ms, 4ms);                             // 3 ms; the mean of 2.5 becomes 3
  EXPECT_DOUBLE_EQ(shedder.flights_max(100ms), 1.0);  // 2 * 10 * 0.003
  for (int i = 0; i < 98; ++i) {
    ASSERT_TRUE(shedder.allow(101ms, 0));
    shedder.pass(101ms, 104ms);
  }
  EXPECT_DOUBLE_EQ(shedder.flights_max(200ms), 98 * 10 * 0.003);
}

TEST(ShedGozero, WithoutHistoryASecondIsTaken) {
  GozeroShedder shedder({}, 0ns);
  EXPECT_DOUBLE_EQ(shedder.flights_max(0ns), 10.0);  // 1 * 10 * 1000 ms
}

// 10 requests of 100 ms in one bucket: 10 * 10 * 0.1 = 10 flights at once are fine.
class ShedGozeroUnderLoad : public testing::Test {
 protected:
  ShedGozeroUnderLoad() { serve(shedder, 50ms, 10, 100ms); }

  // Starts flights until `flights` are up, and lands and starts one so often that their average is
  // too.
  void fly(int flights) {
    for (int i = 0; i < flights; ++i) ASSERT_TRUE(shedder.allow(150ms, 0));
    for (int i = 0; i < 200; ++i) {
      shedder.fail();
      ASSERT_TRUE(shedder.allow(150ms, 0));
    }
  }
  GozeroShedder shedder{{}, 0ns};
};

TEST_F(ShedGozeroUnderLoad, DropsAboveTheFlightsWhileTheCpuIsBusy) {
  fly(13);  // the average is of what is left after each landing: 12
  EXPECT_TRUE(shedder.allow(150ms, 899));
  EXPECT_FALSE(shedder.allow(150ms, 900));
  EXPECT_EQ(shedder.in_flight(), 14);
}

TEST_F(ShedGozeroUnderLoad, PassesAtTheFlights) {
  fly(10);
  EXPECT_TRUE(shedder.allow(150ms, 900));
}

TEST_F(ShedGozeroUnderLoad, ABusierCpuAllowsLess) {
  fly(8);                                   // average 7
  EXPECT_TRUE(shedder.allow(150ms, 920));   // 10 * 0.8 = 8, and 7 is not more
  EXPECT_FALSE(shedder.allow(150ms, 940));  // 10 * 0.6 = 6
}

TEST_F(ShedGozeroUnderLoad, ATenthIsAllowedAtWhateverLoad) {
  fly(2);  // average 1, and 10 * 0.1 = 1
  EXPECT_TRUE(shedder.allow(150ms, 1000));
}

TEST_F(ShedGozeroUnderLoad, TheAverageLagsBehindASuddenRise) {
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(shedder.allow(150ms, 950)) << i;
}

TEST_F(ShedGozeroUnderLoad, StaysHotForASecondAfterTheLoadIfItDropped) {
  fly(13);
  EXPECT_TRUE(shedder.allow(160ms, 0));
  EXPECT_FALSE(shedder.allow(200ms, 900));
  EXPECT_FALSE(shedder.allow(1200ms - 1ns, 0));
  EXPECT_TRUE(shedder.allow(1200ms, 0));
  EXPECT_TRUE(shedder.allow(1200ms, 0));
}

TEST_F(ShedGozeroUnderLoad, FailuresCountForNothing) {
  const double before = shedder.flights_max(200ms);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(shedder.allow(150ms, 0));
    shedder.fail();
  }
  EXPECT_DOUBLE_EQ(shedder.flights_max(200ms), before);
  EXPECT_EQ(shedder.in_flight(), 0);
}

// A handler that sends `depth` more requests into its own chain before it answers.
void nest(const Chain& chain, int depth, int& rejected) {
  if (depth == 0) return;
  ExchangeFixture f;
  chain.handle(f.exchange);
  if (f.exchange.status == 503) ++rejected;
}

TEST(ShedGozeroStage, DropsAtOnceWhatIsTooMuchUnderLoad) {
  std::int64_t cpu = 0;
  int depth = 0;
  int rejected = 0;
  const Chain* self = nullptr;
  const Chain chain =
      chain_of(make_stage(ShedGozeroSpec{.window = 1h, .buckets = 2, .cpu = [&] { return cpu; }}),
               [&](Exchange&) {
                 if (depth > 0) nest(*self, depth--, rejected);
               });
  self = &chain;
  // A window of half an hour per bucket knows nothing but the bucket of now, so one pass and a
  // second are taken: 1 / 1800 s * 1 s, at least 1. Nested requests bring the average above that.
  const auto send = [&](int nested) {
    depth = nested;
    ExchangeFixture f;
    chain.handle(f.exchange);
  };
  for (int i = 0; i < 20; ++i) send(30);
  EXPECT_EQ(rejected, 0);
  cpu = 950;
  send(30);
  EXPECT_GT(rejected, 0);
}

TEST(ShedGozeroStage, ThresholdZeroIsNotBuilt) {
  const ShedGozeroSpec spec{.cpu_threshold = 0};
  EXPECT_EQ(make_stage(spec)->describe(), "shed: not built (CPU threshold 0)");
  int reached = 0;
  ExchangeFixture f;
  chain_of(make_stage(spec), [&](Exchange&) { ++reached; }).handle(f.exchange);
  EXPECT_EQ(reached, 1);
}

TEST(ShedGozeroStage, AnExceptionLandsTheFlight) {
  const Chain chain = chain_of(make_stage(ShedGozeroSpec{.cpu = [] { return std::int64_t{1000}; }}),
                               [](Exchange&) { throw std::runtime_error("oops"); });
  for (int i = 0; i < 1000; ++i) {
    ExchangeFixture f;
    EXPECT_THROW(chain.handle(f.exchange), std::runtime_error);
  }
}

}  // namespace
}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/samplers/jaeger_adaptive.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "targets/tracing/samplers/sampler_testing.h"

namespace tracetax {
namespace {

// Cases of jaeger's TestCalculateProbability: target 1, tolerance 0.2. Their calculator has no
// limit on rises; so no case here rises but by doubling.
TEST(JaegerProbability, IsThatOfJaegersTests) {
  JaegerAdaptiveRule rule;
  rule.tolerance = 0.2;
  EXPECT_NEAR(next_jaeger_probability(rule, 2, 0.5), 0.25, 1e-6);
  EXPECT_NEAR(next_jaeger_probability(rule, 2, 0.001), 0.0005, 1e-6);
  EXPECT_NEAR(next_jaeger_probability(rule, 0.9, 0.001), 0.001, 1e-6);
  EXPECT_NEAR(next_jaeger_probability(rule, 1e9, 0.001), 0.00001, 1e-6);
  EXPECT_NEAR(next_jaeger_probability(rule, 0, 0.001), 0.002, 1e-6);
}

// Of TestPercentageIncreaseCappedCalculator's comment: with a cap of 0.5, 0.1 that should be 0.5
// becomes 0.15, and 0.4 that should be 0.5 becomes 0.5.
TEST(JaegerProbability, RisesAtMostByTheCap) {
  JaegerAdaptiveRule rule;
  rule.rise = 0.5;
  EXPECT_NEAR(next_jaeger_probability(rule, 0.2, 0.1), 0.15, 1e-12);
  rule.tolerance = 0.1;
  EXPECT_NEAR(next_jaeger_probability(rule, 0.8, 0.4), 0.5, 1e-12);
  rule.rise = 1;  // what Jaeger is built with
  EXPECT_NEAR(next_jaeger_probability(rule, 0.2, 0.1), 0.2, 1e-12);
  EXPECT_EQ(next_jaeger_probability(rule, 0.01, 0.9), 1);
}

JaegerAdaptiveRule rule_of_seconds() {
  JaegerAdaptiveRule rule;
  rule.interval = std::chrono::seconds(1);
  rule.delay = Nanos(0);
  rule.initial = 0.1;
  rule.least_per_s = 1;
  return rule;
}

/// The probabilities in force in each second, and at the end.
std::vector<double> probabilities(const JaegerAdaptiveRule& rule,
                                  const std::vector<std::uint64_t>& load) {
  SetClock clock;
  const JaegerAdaptive sampler(rule, clock.clock());
  std::vector<double> all;
  double second = 0;
  for (const std::uint64_t requests : load) {
    clock.set_seconds(second);
    if (second > 0) (void)kept_in_second(sampler, clock, second, 1);  // closes the interval
    all.push_back(sampler.share("GET"));
    (void)kept_in_second(sampler, clock, second, requests);
    second += 1;
  }
  return all;
}

// By hand. spread_id() keeps the ids with k + 1/2 < p * n, so exactly so many; the request that
// closes an interval has n = 1 and is kept by chance only at p > 1/2, so never here; it takes the
// lower bound's credit of the second, so that the operation is seen. Target 1/s, tolerance 0.3.
//  1000/s, p = 0.1:     100 kept, so 0.1 * 1/100                = 0.001
//  1000/s, p = 0.001:   1 kept (0.5 < 1): on target             = 0.001
//  4000/s, p = 0.001:   4 kept (3.5 < 4), so 0.001 * 1/4        = 0.00025
//  4000/s, p = 0.00025: 1 kept: on target                       = 0.00025
//  900/s,  p = 0.00025: none (0.5 > 0.225), seen by the bound, so twice = 0.0005
//  900/s,  p = 0.0005:  none (0.5 > 0.45), so twice             = 0.001
//  900/s,  p = 0.001:   1 kept (0.5 < 0.9): on target           = 0.001
TEST(JaegerAdaptive, GoesTheWayWorkedOutByHand) {
  const std::vector<double> expected{0.1, 0.001, 0.001, 0.00025, 0.00025, 0.0005, 0.001, 0.001};
  const std::vector<double> seen =
      probabilities(rule_of_seconds(), {1000, 1000, 4000, 4000, 900, 900, 900, 900});
  ASSERT_EQ(seen.size(), expected.size());
  for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_NEAR(seen[i], expected[i], 1e-12) << i;
}

// With two intervals of delay the end of the third second looks at the first one; the ends of the
// fourth and fifth look at seconds of the old probability, and change nothing.
TEST(JaegerAdaptive, ADelayHoldsEveryStepUntilItWasSeen) {
  JaegerAdaptiveRule rule = rule_of_seconds();
  rule.delay = std::chrono::seconds(2);
  const std::vector<double> expected{0.1, 0.1, 0.1, 0.001, 0.001, 0.001, 0.00025, 0.00025};
  const std::vector<double> seen =
      probabilities(rule, {1000, 1000, 1000, 4000, 4000, 4000, 4000, 4000});
  for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_NEAR(seen[i], expected[i], 1e-12) << i;
}

TEST(JaegerAdaptive, ForgetsAnOperationThatIsGoneForTenIntervals) {
  SetClock clock;
  const JaegerAdaptive sampler(rule_of_seconds(), clock.clock());
  (void)kept_in_second(sampler, clock, 0, 1000);
  (void)kept_in_second(sampler, clock, 1, 1000);
  EXPECT_NEAR(sampler.share("GET"), 0.001, 1e-12);
  clock.set_seconds(13);
  (void)samples(sampler, {std::nullopt, spread_id(0, 1), "another"});
  EXPECT_EQ(sampler.share("GET"), 0.1);
}

TEST(JaegerAdaptive, OperationsHaveProbabilitiesOfTheirOwn) {
  SetClock clock;
  const JaegerAdaptive sampler(rule_of_seconds(), clock.clock());
  for (std::uint64_t k = 0; k < 1000; ++k) {
    (void)samples(sampler, {std::nullopt, spread_id(k, 1000), "busy"});
    if (k < 10) (void)samples(sampler, {std::nullopt, spread_id(k, 10), "quiet"});
  }
  clock.set_seconds(1);
  (void)samples(sampler, {std::nullopt, spread_id(0, 1), "busy"});
  EXPECT_NEAR(sampler.share("busy"), 0.001, 1e-12);  // 100 were kept
  EXPECT_NEAR(sampler.share("quiet"), 0.1, 1e-12);   // 1 was kept
}

TEST(JaegerAdaptive, TheLowerBoundKeepsRareOperations) {
  SetClock clock;
  JaegerAdaptiveRule rule;  // of minutes; one a minute in any case
  const JaegerAdaptive sampler(rule, clock.clock());
  int kept = 0;
  for (int second = 0; second < 600; second += 10) {
    clock.set_seconds(second);
    kept += samples(sampler, {std::nullopt, spread_id(999, 1000), "rare"}) ? 1 : 0;
  }
  EXPECT_EQ(kept, 10);  // at 0, 60, ..., 540 s
}

TEST(JaegerAdaptive, BeyondItsTableOperationsKeepTheInitialProbability) {
  SetClock clock;
  const JaegerAdaptive sampler(rule_of_seconds(), clock.clock());
  int kept = 0;
  for (int i = 0; i < 2100; ++i) {
    kept += samples(sampler, {std::nullopt, spread_id(9, 10), "operation " + std::to_string(i)});
  }
  EXPECT_EQ(kept, 2000);  // the lower bound of the first 2000; the id is not kept by chance
}

TEST(JaegerAdaptive, ThreadsMayDecideAtOnce) {
  const auto sampler = sampler_named("jaeger_adaptive", "target=1000,interval=10ms,initial=1");
  std::vector<std::thread> threads;
  std::atomic<int> kept = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (std::uint64_t k = 0; k < 20'000; ++k) {
        const std::string name = "operation " + std::to_string((k + static_cast<unsigned>(i)) % 7);
        kept += samples(*sampler, {std::nullopt, spread_id(k, 20'000), name}) ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(kept, 0);
}

}  // namespace
}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/samplers/load_steps.h"

#include <gtest/gtest.h>

#include <cmath>

#include "targets/tracing/samplers/adaptive_load.h"
#include "targets/tracing/samplers/sampler_testing.h"
#include "targets/tracing/samplers/step_response.h"

namespace tracetax {
namespace {

// 0.1 until the step; then 0.4 is gone through on the way to 0.2, where it is from the third tick
// on: it went 0.2 beyond on a way of 0.1. Twice the rate for twice the input is a gain of 1.
TEST(StepResponse, IsWhatIsWorkedOutByHand) {
  const std::vector<double> rates{0.1, 0.1, 0.1, 0.1, 0.1, 0.4, 0.2, 0.2, 0.2, 0.2};
  const StepResponse response = step_response(rates, 4, 2, 2);
  EXPECT_DOUBLE_EQ(response.before, 0.1);
  EXPECT_DOUBLE_EQ(response.after, 0.2);
  EXPECT_DOUBLE_EQ(response.gain, 1);
  ASSERT_TRUE(response.settled_after_s);
  EXPECT_DOUBLE_EQ(*response.settled_after_s, 4);
  EXPECT_NEAR(response.overshoot, 2, 1e-9);
  EXPECT_EQ(response.changes_per_min, 0);
}

// It hops between 0.1 and 0.3 in each second: mean 0.2, a change each second, and it never rests.
TEST(StepResponse, WhoChattersNeverSettles) {
  const std::vector<double> rates{0.2, 0.2, 0.2, 0.2, 0.1, 0.3, 0.1, 0.3, 0.1, 0.3, 0.1, 0.3};
  const StepResponse response = step_response(rates, 4, 1, 0.5);
  EXPECT_DOUBLE_EQ(response.after, 0.2);
  EXPECT_FALSE(response.settled_after_s);
  EXPECT_DOUBLE_EQ(response.changes_per_min, 60);
  EXPECT_EQ(response.gain, 0);
}

TEST(StepResponse, NoAnswerIsSettledAtOnce) {
  const StepResponse response = step_response(std::vector<double>(8, 0.01), 4, 1, 3);
  EXPECT_EQ(response.settled_after_s, 0.0);
  EXPECT_EQ(response.gain, 0);
  EXPECT_EQ(response.overshoot, 0);
}

TEST(LoadSteps, AdaptiveLoadCutsItsRateInTheWindowAfterTheStep) {
  const auto ticks = run_load_steps({{3, 9000, 0}, {4, 11000, 0}}, 1, 7, [](SamplerClock clock) {
    auto sampler = std::make_unique<AdaptiveLoad>(AdaptiveLoadRule{}, std::move(clock));
    auto rate = [own = sampler.get()] { return own->share(); };
    return SteppedSampler{std::move(sampler), rate};
  });
  std::vector<double> rates;
  for (const LoadTick& tick : ticks) rates.push_back(tick.rate);
  EXPECT_EQ(rates, (std::vector<double>{0.01, 0.01, 0.01, 0.01, 0.0001, 0.0001, 0.0001}));
  EXPECT_NEAR(static_cast<double>(ticks[0].requests), 9000, 6 * std::sqrt(9000.0));
  EXPECT_NEAR(static_cast<double>(ticks[0].kept), 90, 6 * std::sqrt(90.0));
}

TEST(LoadSteps, AreRepeatable) {
  const auto kept = [] {
    std::vector<std::uint64_t> all;
    for (const LoadTick& tick : run_load_steps({{5, 500, 0.1}}, 1, 3, [](SamplerClock) {
           return SteppedSampler{sampler_named("adaptive_priority", "10%"), nullptr};
         })) {
      all.insert(all.end(), {tick.requests, tick.kept, tick.errors, tick.errors_kept});
    }
    return all;
  };
  EXPECT_EQ(kept(), kept());
}

}  // namespace
}  // namespace tracetax

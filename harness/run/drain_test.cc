// SPDX-License-Identifier: Apache-2.0
#include "harness/run/drain.h"

#include <gtest/gtest.h>

#include <chrono>

namespace tracetax {
namespace {

using namespace std::chrono_literals;
using Count = std::optional<std::uint64_t>;

DrainRule rule(Count due) {
  return {.due = due, .shortest = 10ms, .quiet = 30ms, .deadline = 10s, .quiet_ends = false};
}
const std::function<bool()> kGoOn = [] { return false; };

TEST(Drain, EndsWhenAllHasCome) {
  std::uint64_t count = 0;
  const auto outcome = drain(
      rule(3), [&]() -> Count { return ++count; }, kGoOn);
  EXPECT_TRUE(outcome.complete);
  EXPECT_EQ(outcome.received, 3U);
}

TEST(Drain, WaitsTheShortestTimeEvenIfNothingIsDue) {
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(drain(
                  rule(0), []() -> Count { return 0; }, kGoOn)
                  .complete);
  EXPECT_GE(std::chrono::steady_clock::now() - start, 10ms);
}

TEST(Drain, DeadlineLeavesItIncomplete) {
  DrainRule short_rule = rule(5);
  short_rule.deadline = 50ms;
  const auto outcome = drain(
      short_rule, []() -> Count { return 4; }, kGoOn);
  EXPECT_FALSE(outcome.complete);
  EXPECT_EQ(outcome.received, 4U);
}

TEST(Drain, UnknownDueEndsWhenTheSinkIsQuiet) {
  std::uint64_t count = 0;
  const auto outcome = drain(
      rule({}), [&]() -> Count { return std::min<std::uint64_t>(++count, 3); }, kGoOn);
  EXPECT_TRUE(outcome.complete);
  EXPECT_GE(count, 4U);
}

// An exporter sends what it has each so many seconds: what comes just before such a time is all,
// and needs no second one.
TEST(Drain, UnknownDueNeedsNoSecondDelayAfterTheLastSpan) {
  DrainRule late = rule({});
  late.quiet = 600ms;
  late.deadline = 1100ms;
  const auto start = std::chrono::steady_clock::now();
  const auto sink = [&]() -> Count {
    return std::chrono::steady_clock::now() - start < 550ms ? 0 : 7;
  };
  const auto outcome = drain(late, sink, kGoOn);
  EXPECT_TRUE(outcome.complete);
  EXPECT_EQ(outcome.received, 7U);
}

TEST(Drain, QuietEndsALossyDrainWhereLossIsAllowed) {
  DrainRule lossy = rule(100);
  lossy.quiet_ends = true;
  EXPECT_TRUE(drain(
                  lossy, []() -> Count { return 4; }, kGoOn)
                  .complete);
}

TEST(Drain, AFailedSinkEndsItAtOnce) {
  const auto outcome = drain(
      rule(5), []() -> Count { return std::nullopt; }, kGoOn);
  EXPECT_FALSE(outcome.complete);
  EXPECT_FALSE(outcome.received);
}

TEST(Drain, CanBeAbandoned) {
  EXPECT_TRUE(drain(
                  rule(5), []() -> Count { return 0; }, [] { return true; })
                  .abandoned);
}

}  // namespace
}  // namespace tracetax

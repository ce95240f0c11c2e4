// SPDX-License-Identifier: Apache-2.0
#include "harness/run/drain.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>

namespace tracetax {
namespace {

using namespace std::chrono_literals;
using Count = std::optional<std::uint64_t>;

DrainRule rule(Count due) {
  return {.due = due, .shortest = 10ms, .quiet = 30ms, .deadline = 10s, .quiet_ends = false};
}

struct Wait {
  DrainOutcome outcome;
  Nanos took{0};
};

/// The whole wait, with a clock of its own that goes on by 1 ms from look to look. `sink` says what
/// has come by then.
Wait wait(const DrainRule& rule, const std::function<Count(Nanos)>& sink) {
  const Drain::Clock::time_point start{};
  Drain drain(rule, start);
  Nanos now{0};
  while (!drain.over(sink(now), start + now)) now += 1ms;
  return {drain.outcome(), now};
}

TEST(Drain, EndsWhenAllHasCome) {
  const Wait all = wait(rule(3), [](Nanos now) -> Count { return now < 40ms ? 2 : 3; });
  EXPECT_TRUE(all.outcome.complete);
  EXPECT_EQ(all.outcome.received, 3U);
  EXPECT_EQ(all.took, 40ms);
}

TEST(Drain, WaitsTheShortestTimeEvenIfNothingIsDue) {
  const Wait none = wait(rule(0), [](Nanos) -> Count { return 0; });
  EXPECT_TRUE(none.outcome.complete);
  EXPECT_EQ(none.took, 10ms);
}

TEST(Drain, DeadlineLeavesItIncomplete) {
  const Wait late = wait(rule(5), [](Nanos) -> Count { return 4; });
  EXPECT_FALSE(late.outcome.complete);
  EXPECT_EQ(late.outcome.received, 4U);
  EXPECT_EQ(late.took, 10s);
}

TEST(Drain, UnknownDueEndsWhenTheSinkIsQuiet) {
  const Wait quiet =
      wait(rule({}), [](Nanos now) -> Count { return std::min<std::int64_t>(now / 10ms, 25); });
  EXPECT_TRUE(quiet.outcome.complete);
  EXPECT_EQ(quiet.outcome.received, 25U);
  EXPECT_EQ(quiet.took, 280ms);
}

// An exporter sends what it has each so many seconds: what comes just before such a time is all,
// and needs no second one.
TEST(Drain, UnknownDueNeedsNoSecondDelayAfterTheLastSpan) {
  DrainRule late = rule({});
  late.quiet = 600ms;
  const Wait once = wait(late, [](Nanos now) -> Count { return now < 550ms ? 0 : 7; });
  EXPECT_TRUE(once.outcome.complete);
  EXPECT_EQ(once.outcome.received, 7U);
  EXPECT_EQ(once.took, 750ms) << "a lull of 200 ms";
}

TEST(Drain, QuietEndsALossyDrainWhereLossIsAllowed) {
  DrainRule lossy = rule(100);
  lossy.quiet_ends = true;
  const Wait some = wait(lossy, [](Nanos) -> Count { return 4; });
  EXPECT_TRUE(some.outcome.complete);
  EXPECT_LT(some.took, 100ms);
}

TEST(Drain, AFailedSinkEndsItAtOnce) {
  const Wait failed = wait(rule(5), [](Nanos) -> Count { return std::nullopt; });
  EXPECT_FALSE(failed.outcome.complete);
  EXPECT_FALSE(failed.outcome.received);
  EXPECT_EQ(failed.took, 10ms);
}

TEST(Drain, SleepingCanBeCutShort) {
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(sleep_unless([] { return true; }, 60s));
  EXPECT_LT(std::chrono::steady_clock::now() - start, 30s);
}

}  // namespace
}  // namespace tracetax

// The workers' books as one, and the bound on their lists.
// SPDX-License-Identifier: Apache-2.0
#include "harness/load/ledger.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "harness/load/session/error_tally.h"

namespace tracetax {
namespace {

TEST(Ledger, NumbersThatAWorkerDidNotReachAreNotSent) {
  LoadResult first, second, third;
  first.due = 10;  // 0, 3, 6, 9
  first.sent = 4;
  second.due = 5;  // 1, 4
  second.sent = 2;
  const LoadResult* const parts[] = {&first, &second, &third};
  LoadResult total = add_up(parts);
  EXPECT_EQ(total.due, 10U);
  EXPECT_EQ(total.sent, 6U);
  std::sort(total.not_sent.begin(), total.not_sent.end());
  EXPECT_EQ(total.not_sent, (std::vector<std::uint64_t>{2, 5, 7, 8}));
}

TEST(Ledger, OneWorkerHasNoGaps) {
  LoadResult only;
  only.due = only.sent = 10;
  const LoadResult* const parts[] = {&only};
  EXPECT_TRUE(add_up(parts).not_sent.empty());
}

TEST(Ledger, AddsCountsErrorsAndTimes) {
  LoadResult first, second;
  first.due = 3, second.due = 4;
  first.ok = 1, second.ok = 2;
  first.errors["reset"] = 1;
  second.errors = {{"reset", 2}, {"timeout", 1}};
  first.elapsed = Nanos{5};
  second.elapsed = Nanos{3};
  first.times.lag.record(7);
  second.times.lag.record(9);
  const LoadResult* const parts[] = {&first, &second};
  const LoadResult total = add_up(parts);
  EXPECT_EQ(total.ok, 3U);
  EXPECT_EQ(total.errors, (ErrorCounts{{"reset", 3}, {"timeout", 1}}));
  EXPECT_EQ(total.error_total(), 4U);
  EXPECT_EQ(total.elapsed, Nanos{5});
  EXPECT_EQ(total.times.lag.count(), 2);
}

TEST(Ledger, PhasesAfterOneAnotherAddUp) {
  LoadResult first, second;
  first.due = 10, second.due = 20;
  first.sent = 9, second.sent = 20;
  first.ok = 9, second.ok = 18;
  first.length = std::chrono::milliseconds{100};
  second.length = std::chrono::milliseconds{200};
  first.elapsed = std::chrono::milliseconds{101};
  second.elapsed = std::chrono::milliseconds{203};
  first.not_sent = {3};
  second.uncertain = {5, 6};
  first.cpu = second.cpu = Nanos{7};
  second.times.wait.record(8);
  LoadResult total;
  add_later_phase(total, first);
  EXPECT_DOUBLE_EQ(total.achieved_rate, 90);
  add_later_phase(total, second);
  EXPECT_EQ(total.due, 30U);
  EXPECT_EQ(total.sent, 29U);
  EXPECT_EQ(total.ok, 27U);
  EXPECT_EQ(total.elapsed, std::chrono::milliseconds{304});
  EXPECT_EQ(total.cpu, Nanos{14});
  EXPECT_EQ(total.times.wait.count(), 1);
  EXPECT_DOUBLE_EQ(total.achieved_rate, 90);  // 27 in 0.3 s
  EXPECT_TRUE(total.not_sent.empty() && total.uncertain.empty());
}

// Requests every 1 ms of a slice of 100 ms.
LoadResult slice_with(const std::function<double(int)>& response_ms) {
  LoadResult slice;
  for (int k = 0; k < 100; ++k) {
    (k < 50 ? slice.first_half : slice.second_half).add(response_ms(k) * 1e6);
  }
  return slice;
}

TEST(Ledger, ATargetFallsBehindIfItAnswersEverLater) {
  const auto behind = [](const std::function<double(int)>& response_ms) {
    LoadResult total;
    for (int i = 0; i < 50; ++i) add_later_phase(total, slice_with(response_ms));
    return falling_behind(total, std::chrono::milliseconds{100});
  };
  EXPECT_EQ(behind([](int) { return 5.0; }), 0);
  EXPECT_EQ(behind([](int k) { return 5.0 - 0.02 * k; }), 0);                // it warms up
  EXPECT_EQ(behind([](int k) { return k * 7 % 10 == 0 ? 50.0 : 1.0; }), 0);  // some are slow
  // Of 1,000 requests/s it can do 500, or 950; a little less for chance.
  EXPECT_NEAR(behind([](int k) { return 5.0 + k; }), 1, 0.05);
  EXPECT_NEAR(behind([](int k) { return 5.0 + 0.05 * k; }), 0.05, 0.005);
  EXPECT_EQ(falling_behind(LoadResult{}, std::chrono::milliseconds{100}), 0);
}

TEST(Ledger, BothListsTogetherAreBounded) {
  LoadResult first, second;
  for (std::uint64_t k = 0; k < 700'000; ++k) {
    note_not_sent(first, 2 * k);
    note_uncertain(second, 2 * k + 1);
  }
  const LoadResult* const parts[] = {&first, &second};
  const LoadResult total = add_up(parts);
  EXPECT_EQ(total.not_sent.size() + total.uncertain.size(), 1'000'000U);
  EXPECT_EQ(total.exceptions_lost, 400'000U);
}

TEST(ErrorTally, NamesOnlyWhatHappened) {
  ErrorTally tally;
  EXPECT_TRUE(tally.named().empty());
  tally.add(ErrorKind::connect);
  tally.add(ErrorKind::unfinished);
  tally.add(ErrorKind::unfinished);
  tally.add({Ending::Kind::status, 500});
  tally.add({Ending::Kind::status, 70'000});
  EXPECT_EQ(tally.total(), 5U);
  EXPECT_EQ(tally.named(),
            (ErrorCounts{{"connect", 1}, {"status_500", 1}, {"status_999", 1}, {"unfinished", 2}}));
}

TEST(ErrorTally, NamesTheCodesOfGrpcAndHttp2) {
  ErrorTally tally;
  tally.add({Ending::Kind::grpc, 14});
  tally.add({Ending::Kind::grpc, 99});
  tally.add({Ending::Kind::stream_reset, 7});
  tally.add({Ending::Kind::stream_reset, 4'000'000'000});
  EXPECT_EQ(tally.named(), (ErrorCounts{{"UNAVAILABLE", 1},
                                        {"grpc_other", 1},
                                        {"rst_stream_REFUSED_STREAM", 1},
                                        {"rst_stream_OTHER", 1}}));
}

TEST(Ledger, OutcomesOfTheWorkersAreOneList) {
  LoadResult first, second;
  first.due = 4, second.due = 3;
  first.outcomes = Outcomes{{"a", ""}, {0, kNoOutcome, 1, kNoOutcome}};  // 0, 2, 4
  second.outcomes = Outcomes{{"b", "a"}, {1, 0}};                        // 1, 3
  const LoadResult* const parts[] = {&first, &second};
  const LoadResult total = add_up(parts);
  ASSERT_TRUE(total.outcomes);
  EXPECT_EQ(total.outcomes->texts, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(total.outcomes->of_request, (std::vector<std::uint8_t>{0, 0, kNoOutcome, 1}));
}

TEST(Ledger, MoreOutcomesThanFitAreErrors) {
  LoadResult first, second;
  first.ok = first.due = 509, second.ok = 1, second.due = 2;
  first.outcomes.emplace();
  for (int i = 0; i < 255; ++i)
    first.outcomes->of_request.push_back(first.outcomes->index_of(std::to_string(i)));
  EXPECT_EQ(first.outcomes->index_of("one more"), kNoOutcome);
  second.outcomes = Outcomes{{"one more"}, {0}};
  const LoadResult* const parts[] = {&first, &second};
  const LoadResult total = add_up(parts);
  EXPECT_EQ(total.errors.at("too_many_outcomes"), 1U);
  EXPECT_EQ(total.uncertain, std::vector<std::uint64_t>{1});
  EXPECT_EQ(total.ok, 509U);
}

}  // namespace
}  // namespace tracetax

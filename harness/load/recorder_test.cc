// What is written down of calls as they begin, are sent and end.
// SPDX-License-Identifier: Apache-2.0
#include "harness/load/recorder.h"

#include <gtest/gtest.h>

#include "harness/load/session/connection.h"

namespace tracetax {
namespace {

constexpr Ending kOk{Ending::Kind::status, 200};

class RecorderTest : public ::testing::Test {
 protected:
  /// A call that was due at 100 and sent at 150.
  Call call(std::uint64_t number) {
    Call call;
    call.number = number;
    call.due_ns = 100;
    call.send_ns = 150;
    return call;
  }
  const LoadResult& finished() {
    recorder_.finish(Nanos{0}, 0);
    return recorder_.result();
  }

  PreparedScenario scenario_;
  Recorder recorder_{scenario_};
};

TEST_F(RecorderTest, ARightAnswerCountsWithItsTimes) {
  recorder_.ended(call(3), kOk, 500);
  const LoadResult& result = finished();
  EXPECT_EQ(result.ok, 1U);
  EXPECT_EQ(result.times.response_unsampled.max(), 400);
  EXPECT_EQ(result.times.service_unsampled.max(), 350);
  EXPECT_TRUE(result.times.response_sampled.empty());
  EXPECT_TRUE(result.uncertain.empty() && result.errors.empty());
  EXPECT_EQ(result.elapsed, Nanos{500});
}

TEST_F(RecorderTest, AWrongStatusIsAnErrorWithoutTimes) {
  recorder_.ended(call(3), {Ending::Kind::status, 500}, 500);
  const LoadResult& result = finished();
  EXPECT_EQ(result.ok, 0U);
  EXPECT_EQ(result.errors, (ErrorCounts{{"status_500", 1}}));
  EXPECT_EQ(result.uncertain, std::vector<std::uint64_t>{3});
  EXPECT_TRUE(result.times.response().empty());
}

TEST_F(RecorderTest, AnAnswerThatTheCheckRefusesIsAnErrorWithoutTimes) {
  scenario_.check = [](std::uint64_t number, int status, std::string_view body) {
    return number == 4 && status == 200 && body == "right";
  };
  for (const std::uint64_t number : {3U, 4U}) {
    Call answered = call(number);
    answered.body = "right";
    recorder_.ended(answered, kOk, 500);
  }
  const LoadResult& result = finished();
  EXPECT_EQ(result.ok, 1U);
  EXPECT_EQ(result.errors, (ErrorCounts{{"wrong_answer", 1}}));
  EXPECT_EQ(result.uncertain, std::vector<std::uint64_t>{3});
  EXPECT_EQ(result.times.response().count(), 1);
}

TEST_F(RecorderTest, ATimeOutIsAnErrorWithTheTimeItWaited) {
  recorder_.ended(call(3), Ending::error(ErrorKind::timeout), 5'000);
  recorder_.ended(call(4), Ending::error(ErrorKind::reset), 9'000);
  const LoadResult& result = finished();
  EXPECT_EQ(result.errors, (ErrorCounts{{"reset", 1}, {"timeout", 1}}));
  EXPECT_EQ(result.uncertain, (std::vector<std::uint64_t>{3, 4}));
  EXPECT_EQ(result.times.response().count(), 1);
  EXPECT_EQ(result.times.response().max(), 4'900);
}

TEST_F(RecorderTest, ADeadlineExceededIsATimeOutOnlyWhereADeadlineWasTold) {
  const Ending exceeded{Ending::Kind::grpc, kGrpcDeadlineExceeded};
  recorder_.ended(call(3), exceeded, 500);
  EXPECT_TRUE(recorder_.result().times.response().empty());
  scenario_.deadline = Nanos{300};
  recorder_.ended(call(4), exceeded, 500);
  EXPECT_EQ(recorder_.result().times.response().count(), 1);
  EXPECT_EQ(finished().errors, (ErrorCounts{{"DEADLINE_EXCEEDED", 2}}));
}

TEST_F(RecorderTest, LagIsTheDriversAndWaitIsNot) {
  Call waited = call(3);
  waited.wait_ns = 30;
  recorder_.sent(waited);
  waited.held_up = true;
  recorder_.sent(waited);
  const RequestTimes& times = recorder_.result().times;
  EXPECT_EQ(times.lag.count(), 1);
  EXPECT_EQ(times.lag.max(), 20);
  EXPECT_EQ(times.lag_held_up.count(), 1);
  EXPECT_EQ(times.wait.count(), 2);
  EXPECT_EQ(times.wait.max(), 30);
}

TEST_F(RecorderTest, AClosedLoopHasNoLag) {
  LoadPhase phase;
  phase.closed = true;
  recorder_.begin(phase);
  recorder_.sent(call(3));
  EXPECT_TRUE(recorder_.result().times.lag.empty());
  EXPECT_TRUE(recorder_.result().times.wait.empty());
  EXPECT_EQ(recorder_.last_send_ns(), 150);
}

TEST_F(RecorderTest, TheFirstMessageCountsFromDueAndTheOthersFromTheOneBefore) {
  Call stream = call(3);
  recorder_.message(stream, 250);
  stream.last_message_ns = 250;
  recorder_.message(stream, 290);
  EXPECT_EQ(recorder_.result().times.first_message.max(), 150);
  EXPECT_EQ(recorder_.result().times.message_gap.max(), 40);
}

TEST_F(RecorderTest, WhatIsNeverSentIsListed) {
  recorder_.came_due(7);
  recorder_.too_late(7);
  recorder_.came_due(5);
  recorder_.unfinished(5);
  const LoadResult& result = finished();
  EXPECT_EQ(result.due, 8U);
  EXPECT_EQ(result.late, 1U);
  EXPECT_EQ(result.not_sent, (std::vector<std::uint64_t>{7, 5}));
  EXPECT_EQ(result.errors, (ErrorCounts{{"unfinished", 1}}));
}

TEST_F(RecorderTest, PublishesWhatIsNewSinceTheLastTime) {
  LiveCounts live;
  recorder_.ended(call(3), kOk, 500);
  recorder_.publish(0, &live);
  recorder_.ended(call(4), kOk, 600);
  recorder_.connection_failed(ErrorKind::connect);
  recorder_.too_late(5);
  recorder_.publish(0, &live);
  recorder_.publish(0, nullptr);
  EXPECT_EQ(live.ok, 2U);
  EXPECT_EQ(live.errors, 1U);
  EXPECT_EQ(live.late, 1U);
}

TEST_F(RecorderTest, EachPhaseBeginsEmpty) {
  recorder_.ended(call(3), {Ending::Kind::status, 500}, 500);
  recorder_.sent(call(3));
  recorder_.begin(LoadPhase{});
  recorder_.forget_errors();
  const LoadResult& result = finished();
  EXPECT_TRUE(result.errors.empty() && result.uncertain.empty() && result.times.lag.empty());
  EXPECT_EQ(result.elapsed, Nanos{0});
  EXPECT_EQ(recorder_.last_send_ns(), 0);
}

TEST_F(RecorderTest, AnOutcomeWithoutRoomIsAnErrorAndTheReceiptHearsOfIt) {
  Connection connection;
  scenario_.reads_outcome = true;
  LoadPhase phase;
  phase.rate = 1;
  phase.duration = std::chrono::seconds{1};
  Recorder recorder{scenario_};
  recorder.begin(phase, 1, 2);
  Call answered = call(1);
  answered.connection = &connection;
  recorder.ended(answered, kOk, 500);
  connection.outcome = "late";
  answered.number = 3;
  recorder.ended(answered, kOk, 500);
  answered.number = 100'001;  // of a phase with one request
  recorder.ended(answered, kOk, 500);
  recorder.finish(Nanos{0}, 0);
  const LoadResult& result = recorder.result();
  EXPECT_EQ(result.ok, 2U);
  EXPECT_EQ(result.errors, (ErrorCounts{{"too_many_outcomes", 1}}));
  EXPECT_EQ(result.uncertain, std::vector<std::uint64_t>{answered.number});
  ASSERT_TRUE(result.outcomes);
  EXPECT_EQ(result.outcomes->texts, (std::vector<std::string>{"", "late"}));
  EXPECT_EQ(result.outcomes->of_request[0], 0);
  EXPECT_EQ(result.outcomes->of_request[1], 1);
  EXPECT_EQ(result.outcomes->of_request[2], kNoOutcome);
}

}  // namespace
}  // namespace tracetax

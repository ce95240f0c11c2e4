// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/faulty_receiver.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "harness/run/sink/sink_fixture.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;
using Clock = FaultyReceiver::Clock;

using sink_test::Recorder;
using Counts = std::map<std::string, std::uint64_t>;

TEST(FaultyReceiver, WhatIsRefusedIsNotKeptAndCountedByItsReason) {
  Recorder keeper;
  FaultyReceiver receiver(keeper);
  SinkFaults faults;
  faults.status = 429;
  faults.retry_after = 2s;
  receiver.plant(faults);
  const PayloadVerdict verdict = receiver.receive({});
  EXPECT_EQ(verdict.answer, PayloadAnswer::status);
  EXPECT_EQ(verdict.status, 429);
  EXPECT_EQ(verdict.retry_after, Nanos{2s});
  EXPECT_EQ(keeper.payloads().size(), 0U);
  EXPECT_EQ(keeper.refusals(), (Counts{{"fault: status 429", 1}}));
  receiver.plant({});
  EXPECT_EQ(receiver.receive({}).answer, PayloadAnswer::accepted);
  EXPECT_EQ(keeper.payloads().size(), 1U);
}

TEST(FaultyReceiver, RecoveryIsFromTheEndOfTheFaultToTheFirstPayloadTaken) {
  Recorder keeper;
  FaultyReceiver receiver(keeper);
  SinkFaults faults;
  faults.black_hole = true;
  faults.fails_for = 1s;
  receiver.plant(faults);
  EXPECT_EQ(receiver.receive({}).answer, PayloadAnswer::black_hole);
  EXPECT_EQ(receiver.recovery_ms(), std::nullopt);
  receiver.plant(faults, Clock::now() - 3s);  // it ended 2 s ago
  static_cast<void>(receiver.receive({}));
  const auto first = receiver.recovery_ms();
  ASSERT_TRUE(first);
  EXPECT_GE(*first, 2000);
  static_cast<void>(receiver.receive({}));
  EXPECT_EQ(receiver.recovery_ms(), first);
}

TEST(FaultyReceiver, ARestartEndsWhenTheDoorsAreOpenAgain) {
  Recorder keeper;
  FaultyReceiver receiver(keeper);
  SinkFaults faults;
  faults.restart_after = 0s;
  faults.closed_for = 0s;
  receiver.plant(faults, Clock::now() - 10s);
  static_cast<void>(receiver.receive({}));
  EXPECT_EQ(receiver.recovery_ms(), std::nullopt) << "the doors were still open";
  receiver.opened_again(Clock::now() - 1s);
  static_cast<void>(receiver.receive({}));
  ASSERT_TRUE(receiver.recovery_ms());
  EXPECT_GE(*receiver.recovery_ms(), 1000);
  EXPECT_LT(*receiver.recovery_ms(), 10'000) << "not from the plan of it";
}

TEST(FaultyReceiver, RejectsAShareOfTheSpansAndSaysSoToBothSides) {
  Recorder keeper;
  FaultyReceiver receiver(keeper);
  SinkFaults faults;
  faults.reject = *SampleRate::make(0.5);
  receiver.plant(faults);
  const std::string three = sink_test::protobuf_payload(sink_test::all_sampled(), 0, 3);
  EXPECT_EQ(receiver.receive({.body = three}).rejected_spans, 1U);
  EXPECT_EQ(receiver.receive({.body = three}).rejected_spans, 2U);
  ASSERT_EQ(keeper.payloads().size(), 2U);
  EXPECT_EQ(keeper.payloads()[1].rejected_spans, 2U);
}

}  // namespace
}  // namespace tracetax

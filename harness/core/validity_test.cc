// SPDX-License-Identifier: Apache-2.0
#include "harness/core/validity.h"

#include <gtest/gtest.h>

#include "harness/core/testing.h"

namespace tracetax {
namespace {

const ValidityContext kTraced{.exports = true, .sampling_rate = 1, .phase_s = 3};

SegmentRecord valid_segment(SegmentKind kind = SegmentKind::open) {
  SegmentSpec spec;
  spec.kind = kind;
  return testing::test_segment(spec, testing::test_arm("on@100%", ArmRole::traced, 1));
}

/// Of a block that is this segment alone.
std::vector<VoidReason> reasons(SegmentRecord segment, const ValidityContext& context) {
  judge_lag({&segment, 1});
  std::vector<VoidReason> all = check_validity(segment, context);
  all.insert(all.begin(), segment.voids.begin(), segment.voids.end());
  return all;
}

/// The rules broken, as names in order, and the first detail: what one sees when a test fails.
std::string broken(const SegmentRecord& segment, const ValidityContext& context = kTraced) {
  std::string names;
  for (const VoidReason& reason : reasons(segment, context)) {
    names += (names.empty() ? "" : " ") + std::string(name_of(reason.rule));
  }
  return names;
}

std::string detail(const SegmentRecord& segment, const ValidityContext& context = kTraced) {
  const auto all = reasons(segment, context);
  return all.empty() ? "" : all.front().detail;
}

TEST(Validity, AGoodSegmentBreaksNoRule) {
  EXPECT_EQ(broken(valid_segment()), "");
  EXPECT_EQ(broken(valid_segment(SegmentKind::capacity)), "");
}

TEST(Validity, RateTurnsAtNinetyNinePercentOfAsked) {
  SegmentRecord segment = valid_segment();
  segment.asked_rate = 1000;
  segment.achieved_rate = 990;
  EXPECT_EQ(broken(segment), "");
  segment.achieved_rate = 989.9;
  EXPECT_EQ(broken(segment), "rate_not_achieved");
  EXPECT_NE(detail(segment).find("98.99 %"), std::string::npos) << detail(segment);
  EXPECT_NE(detail(segment).find("lower the rate: --set load.rate=840/s"), std::string::npos);
  ValidityContext share = kTraced;
  share.offered = CapacityShare{0.2};
  EXPECT_NE(detail(segment, share).find("load.rate=auto:0.16"), std::string::npos)
      << detail(segment, share);
}

TEST(Validity, ErrorsThatComeAtOnceAreNoReasonToOfferLess) {
  SegmentRecord segment = valid_segment();
  segment.achieved_rate *= 0.5;
  segment.requests /= 2;
  segment.errors = {{"status_500", segment.requests}};
  EXPECT_EQ(broken(segment), "too_many_errors");
  segment.errors = {{"timeout", segment.requests}};
  EXPECT_EQ(broken(segment), "rate_not_achieved too_many_errors");
}

TEST(Validity, ErrorsOfConnectionsAreCountedAmongAttempts) {
  SegmentRecord segment = valid_segment();
  segment.requests = segment.sent = 15;
  segment.errors = {{"connect", 41}};
  EXPECT_NE(detail(segment).find("41 errors in 56 attempts (73.2 %"), std::string::npos)
      << detail(segment);
}

TEST(Validity, SpansThatEachTraceHasTooManyOfAreNoLoss) {
  SegmentRecord segment = valid_segment();
  Receipt& receipt = segment.receipt;
  receipt.wrong_shape_traces = receipt.traces_received;
  receipt.received = 4 * receipt.expected;
  EXPECT_NE(detail(segment).find("spans_per_request to 4"), std::string::npos) << detail(segment);
  EXPECT_EQ(detail(segment).find("flush"), std::string::npos) << detail(segment);
}

TEST(Validity, CapacitySegmentsAskForNoRate) {
  SegmentRecord segment = valid_segment(SegmentKind::capacity);
  segment.asked_rate = 0;
  segment.achieved_rate = 1;
  EXPECT_EQ(broken(segment), "");
}

TEST(Validity, ASegmentWithoutAnswersIsVoid) {
  SegmentRecord segment = valid_segment(SegmentKind::capacity);
  segment.requests = 0;
  EXPECT_EQ(broken(segment), "rate_not_achieved");
}

TEST(Validity, ABacklogThatDrainsLateIsAMissedRate) {
  SegmentRecord segment = valid_segment();
  segment.duration_s = 3.030;  // service is at most 0.42 ms
  EXPECT_EQ(broken(segment), "");
  segment.duration_s = 3.032;
  EXPECT_EQ(broken(segment), "rate_not_achieved");
  EXPECT_NE(detail(segment).find("does not keep up"), std::string::npos) << detail(segment);
}

TEST(Validity, OneSlowAnswerAtTheEndIsNotABacklog) {
  SegmentRecord segment = valid_segment();
  segment.times.service_sampled.record(1'000'000'000);
  segment.duration_s = 3.9;
  EXPECT_EQ(broken(segment), "");
}

TEST(Validity, ErrorsTurnAtOneInAThousandSent) {
  SegmentRecord segment = valid_segment();
  segment.errors = {{"reset", 3}, {"timeout", 7}};
  EXPECT_EQ(broken(segment), "");
  segment.errors["timeout"] = 8;
  EXPECT_EQ(broken(segment), "too_many_errors");
  EXPECT_NE(detail(segment).find("timeout 8, reset 3"), std::string::npos) << detail(segment);
}

TEST(Validity, LagTurnsAtFiftyMicrosecondsForAFastTarget) {
  SegmentRecord segment = valid_segment();  // 5 % of the service p50 is 20 us
  segment.times.lag.reset();
  segment.times.lag.record(49'900, 1000);
  EXPECT_EQ(broken(segment), "");
  segment.times.lag.record(50'200, 100);
  EXPECT_EQ(broken(segment), "driver_lag");
  EXPECT_NE(detail(segment).find("pin.driver"), std::string::npos) << detail(segment);
}

TEST(Validity, LagTurnsAtFivePercentOfTheServiceTimeForASlowTarget) {
  SegmentRecord segment = valid_segment();
  segment.times.service_sampled.reset();
  segment.times.service_sampled.record(10'000'000, 10'000);  // 5 % of 10 ms is 500 us
  segment.times.lag.reset();
  segment.times.lag.record(499'000, 1000);
  EXPECT_EQ(broken(segment), "");
  segment.times.lag.record(502'000, 100);
  EXPECT_EQ(broken(segment), "driver_lag");
}

TEST(Validity, StallsOfTheMachineMayHoldUpFivePercent) {
  SegmentRecord segment = valid_segment();
  segment.times.lag.reset();
  segment.times.lag.record(1'000, 950);
  segment.times.lag_held_up.record(5'000'000, 50);
  EXPECT_EQ(broken(segment), "");
  segment.times.lag_held_up.record(5'000'000, 1);
  EXPECT_EQ(broken(segment), "machine_stalled");
  EXPECT_NE(detail(segment).find("machine itself stalled"), std::string::npos) << detail(segment);
}

TEST(Validity, ADriverThatIsLateForSixPercentIsVoid) {
  SegmentRecord segment = valid_segment();
  segment.times.lag.reset();
  segment.times.lag.record(1'000, 940);
  segment.times.lag.record(5'000'000, 60);
  EXPECT_EQ(broken(segment), "driver_lag");
}

TEST(Validity, ADriverThatIsLateForTwoPercentLosesOnlyTheTail) {
  SegmentRecord segment = valid_segment();
  EXPECT_TRUE(tail_is_the_targets(segment));
  segment.times.lag.reset();
  segment.times.lag.record(1'000, 980);
  segment.times.lag.record(5'000'000, 20);
  EXPECT_EQ(broken(segment), "");
  EXPECT_FALSE(tail_is_the_targets(segment));
}

/// The dearer arm is no reason for a wider limit: what is dropped must not depend on the arm.
TEST(Validity, TheLimitOfTheLagComesFromOffForAllArmsOfItsBlock) {
  std::vector<SegmentRecord> block(3, valid_segment());
  for (int arm = 0; arm < 3; ++arm) {
    SegmentRecord& segment = block[static_cast<std::size_t>(2 - arm)];
    segment.spec.arm = arm;
    segment.times.service_sampled.reset();
    segment.times.service_sampled.record(2'000'000 * (1 + arm), 10'000);
    segment.times.lag.reset();
    segment.times.lag.record(arm == 0 ? 99'000 : 120'000, 1000);  // 5 % of 2 ms is 100 us
  }
  judge_lag(block);
  EXPECT_TRUE(block[2].valid());
  EXPECT_EQ(block[1].voids.at(0).rule, VoidRule::driver_lag);
  EXPECT_EQ(block[0].voids.at(0).rule, VoidRule::driver_lag) << "5 % of its own 6 ms were 300 us";
  EXPECT_NEAR(block[0].lag_limit_ns, 100'000, 1'000);
}

// Ten slices of 300 ms, each of which waits 5 ms for its last answer.
TEST(Validity, InTurnsOnlyATargetThatFallsBehindIsTooSlow) {
  SegmentRecord segment = valid_segment();
  segment.spec.slices = 10;
  segment.duration_s = 3.05;
  ValidityContext context = kTraced;
  context.falls_behind = 0;
  EXPECT_EQ(broken(segment, context), "");
  context.falls_behind = 0.0101;
  EXPECT_EQ(broken(segment, context), "");
  context.falls_behind = 0.0102;
  EXPECT_EQ(broken(segment, context), "rate_not_achieved");
  segment.duration_s = 3.01;  // no slice ran long: what grew is no backlog
  EXPECT_EQ(broken(segment, context), "");
}

TEST(Validity, AStallNearTheEndIsNoMissedRate) {
  SegmentRecord segment = valid_segment();
  ValidityContext context = kTraced;
  context.falls_behind = 0;
  segment.duration_s = 3.04;  // the last requests were sent 40 ms late, and answered
  segment.achieved_rate = static_cast<double>(segment.requests) / 3.04;
  EXPECT_EQ(broken(segment, context), "");
  context.falls_behind = 0.02;
  EXPECT_EQ(broken(segment, context), "rate_not_achieved");
  // What the machine took is told as that, and offering less would not mend it.
  const auto rest = segment.times.lag.count();
  segment.times.lag_held_up.record(40'000'000, rest / 10);
  EXPECT_EQ(broken(segment, context), "machine_stalled");
  context.falls_behind = 0;
  segment.times.lag_held_up = {};
  segment.requests -= segment.requests / 50;  // not answered at all
  segment.achieved_rate = static_cast<double>(segment.requests) / 3.04;
  EXPECT_EQ(broken(segment, context), "rate_not_achieved");
}

TEST(Validity, LagMeansNothingInAClosedLoop) {
  SegmentRecord segment = valid_segment(SegmentKind::capacity);
  segment.times.lag.record(10'000'000, 1000);
  EXPECT_EQ(broken(segment), "");
}

TEST(Validity, DriverTurnsAtEightyPercentBusy) {
  SegmentRecord segment = valid_segment();
  segment.driver_busy = 0.80;
  EXPECT_EQ(broken(segment), "");
  segment.driver_busy = 0.801;
  EXPECT_EQ(broken(segment), "driver_saturated");
}

TEST(Validity, InAClosedLoopABusyDriverIsNotTheLimitIfTheTargetIs) {
  SegmentRecord segment = valid_segment(SegmentKind::capacity);
  segment.driver_busy = 0.97;
  EXPECT_EQ(broken(segment), "driver_saturated") << "an unmetered target may be idle";
  segment.target_busy = 0.949;
  EXPECT_EQ(broken(segment), "driver_saturated");
  EXPECT_NE(detail(segment).find("94.9 %"), std::string::npos) << detail(segment);
  segment.target_busy = 0.95;
  EXPECT_EQ(broken(segment), "");
}

TEST(Validity, InAnOpenLoopABusyTargetExcusesNoBusyDriver) {
  SegmentRecord segment = valid_segment();
  segment.driver_busy = 0.81;
  segment.target_busy = 1;
  EXPECT_EQ(broken(segment), "driver_saturated");
}

TEST(Validity, ASingleRequestNeverSentIsASaturatedDriver) {
  SegmentRecord segment = valid_segment();
  segment.late = 1;
  EXPECT_EQ(broken(segment), "driver_saturated");
  EXPECT_NE(detail(segment).find("never sent"), std::string::npos) << detail(segment);
}

TEST(Validity, OneMissingSpanOpensTheReceipt) {
  SegmentRecord segment = valid_segment();
  segment.receipt.received -= 1;
  segment.receipt.traces_received -= 1;
  segment.receipt.missing_traces = 1;
  EXPECT_EQ(broken(segment), "receipt_open");
  EXPECT_NE(detail(segment).find("design.drain"), std::string::npos) << detail(segment);
}

TEST(Validity, NamesWhyTheSpansAreMissingWhereItIsKnown) {
  SegmentRecord segment = valid_segment();
  segment.receipt.received -= 1;
  segment.receipt.missing_traces = 1;
  segment.receipt.export_delay_max_ms = 728;
  EXPECT_NE(detail(segment).find("exports that took up to 728 ms"), std::string::npos)
      << detail(segment);
  segment.self_counts = SelfCounts{.started = 9, .sampled = 9, .ended = 9, .dropped = 1};
  EXPECT_NE(detail(segment).find(
                "The target dropped 1 spans: its queue was full while exports took up to 728 ms"),
            std::string::npos)
      << detail(segment);
  EXPECT_EQ(detail(segment).find("SIGTERM"), std::string::npos);
  segment.receipt.refused_payloads = 3;
  EXPECT_NE(detail(segment).find("sink.memory=2GiB"), std::string::npos) << detail(segment);
}

TEST(Validity, AnArmThatExpectsLossIsVoidOnlyForWhatIsNoLoss) {
  SegmentRecord segment = valid_segment();
  segment.receipt.received = segment.receipt.traces_received = 0;
  segment.receipt.missing_traces = segment.receipt.traces_expected;
  const auto with = [&segment](bool fails, bool expected) {
    return check_validity(segment,
                          {.exports = true, .sink_fails = fails, .loss_expected = expected});
  };
  ASSERT_EQ(with(true, false).size(), 1U);
  EXPECT_NE(with(true, false).front().detail.find("give the arm \"loss\": \"expected\""),
            std::string::npos)
      << with(true, false).front().detail;
  EXPECT_TRUE(with(true, true).empty());
  EXPECT_TRUE(with(false, true).empty());
  segment.receipt.malformed_payloads = 1;
  EXPECT_EQ(with(true, true).size(), 1U);
  segment.receipt.malformed_payloads = 0;
  segment.receipt.unexpected_traces = 1;
  EXPECT_EQ(with(true, true).size(), 1U);
  segment.receipt.unexpected_traces = 0;
  segment.receipt.sink_failure = "the sink was killed";
  EXPECT_EQ(with(true, true).size(), 1U);
}

TEST(Validity, BrokenPropagationIsNamedWithWhatToCheck) {
  SegmentRecord segment = valid_segment();
  segment.receipt.unexpected_traces = segment.receipt.wrong_shape_traces = 5;
  segment.receipt.broken_propagation = {{"back", 5}};
  EXPECT_EQ(broken(segment), "receipt_open");
  EXPECT_NE(detail(segment).find("service 'back' began 5 traces"), std::string::npos)
      << detail(segment);
  EXPECT_NE(detail(segment).find("OTEL_PROPAGATORS=tracecontext"), std::string::npos)
      << detail(segment);
  ValidityContext b3 = kTraced;
  b3.context = {ContextFormat::b3};
  EXPECT_NE(detail(segment, b3).find("Requests carry b3 "), std::string::npos);
  EXPECT_NE(detail(segment, b3).find("OTEL_PROPAGATORS=b3)"), std::string::npos);
}

TEST(Validity, ASpanFromTheOffArmOpensTheReceipt) {
  SegmentRecord segment = testing::test_segment({}, testing::test_arm("off", ArmRole::off, 0));
  const ValidityContext off{.exports = false, .sampling_rate = 0, .phase_s = 3};
  EXPECT_EQ(broken(segment, off), "");
  segment.receipt.received = segment.receipt.traces_received = 1;
  segment.receipt.unexpected_traces = 1;
  EXPECT_EQ(broken(segment, off), "receipt_open");
}

TEST(Validity, NoSpanAtAllIsWrongEvenWhereTheirNumberIsNotKnown) {
  SegmentRecord segment = valid_segment();
  segment.receipt = Receipt{};
  segment.receipt.known = false;
  EXPECT_EQ(broken(segment, {.exports = true, .sampling_rate = 0.002, .phase_s = 3}),
            "receipt_open");
  EXPECT_EQ(broken(segment, {.exports = true, .sampling_rate = 0.0019, .phase_s = 3}), "");
  EXPECT_EQ(broken(segment, {.exports = false, .sampling_rate = 1, .phase_s = 3}), "");
}

TEST(Validity, EveryBrokenRuleIsNamed) {
  SegmentRecord segment = valid_segment();
  segment.achieved_rate = 1;
  segment.errors = {{"timeout", 5000}};
  segment.late = 4;
  segment.receipt.sink_failure = "the sink was killed";
  EXPECT_EQ(broken(segment), "rate_not_achieved too_many_errors receipt_open driver_saturated");
}

}  // namespace
}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/faults/sink_faults.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace tracetax {
namespace {

using namespace std::chrono_literals;
using Kind = FaultAnswer::Kind;

TEST(FaultPlan, WithoutFaultsEverythingIsTakenAtOnce) {
  FaultPlan plan;
  const FaultAnswer answer = plan.next(1h, 512);
  EXPECT_EQ(answer.kind, Kind::taken);
  EXPECT_EQ(answer.delay, 0ns);
  EXPECT_EQ(answer.rejected_spans, 0U);
  EXPECT_EQ(plan.reason(answer), "");
}

TEST(FaultPlan, AStatusWithItsDelayUntilTheFaultEnds) {
  SinkFaults faults;
  faults.status = 503;
  faults.delay = 20ms;
  faults.fails_for = 2s;
  FaultPlan plan(faults);
  const FaultAnswer during = plan.next(2s - 1ns, 1);
  EXPECT_EQ(during.kind, Kind::status);
  EXPECT_EQ(during.delay, 20ms);
  EXPECT_EQ(plan.reason(during), "fault: status 503");
  EXPECT_EQ(plan.next(2s, 1).kind, Kind::taken);
  EXPECT_EQ(plan.next(2s, 1).delay, 0ns);
}

TEST(FaultPlan, ResetAndBlackHole) {
  SinkFaults reset, hole;
  reset.reset = true;
  hole.black_hole = true;
  EXPECT_EQ(FaultPlan(reset).next(0s, 1).kind, Kind::reset);
  EXPECT_EQ(FaultPlan(hole).next(24h, 1).kind, Kind::black_hole);
  EXPECT_EQ(FaultPlan(hole).reason(FaultPlan(hole).next(0s, 1)), "fault: black hole");
}

TEST(FaultPlan, ARestartFailsNoRequestThatComesThrough) {
  SinkFaults faults;
  faults.restart_after = 1s;
  faults.closed_for = 5s;
  EXPECT_EQ(FaultPlan(faults).next(2s, 1).kind, Kind::taken);
  EXPECT_FALSE(FaultPlan(faults).fails(2s));
}

// Known answers by hand: 10 % of 7, 14, 21, ... is 0, 1, 2, 2, 3, 4, 4, 5, 6, 7.
TEST(FaultPlan, RejectsTheShareOfAllSpansAndNeverMore) {
  SinkFaults faults;
  faults.reject = *SampleRate::make(0.1);
  FaultPlan plan(faults);
  std::vector<std::uint64_t> rejected;
  for (int i = 0; i < 10; ++i) rejected.push_back(plan.next(0s, 7).rejected_spans);
  EXPECT_EQ(rejected, (std::vector<std::uint64_t>{0, 1, 1, 0, 1, 1, 0, 1, 1, 1}));
  faults.reject = *SampleRate::make(0.3);
  EXPECT_EQ(FaultPlan(faults).next(0s, 10).rejected_spans, 3U);
  faults.reject = *SampleRate::make(1);
  EXPECT_EQ(FaultPlan(faults).next(0s, 512).rejected_spans, 512U);
}

TEST(SinkFaults, CodesOfGrpcAreThoseOfOtlp) {
  EXPECT_EQ(grpc_code_of(503), 14);
  EXPECT_EQ(grpc_code_of(429), 8);
  EXPECT_EQ(grpc_code_of(400), 3);
  EXPECT_EQ(grpc_code_of(401), 16);
  EXPECT_EQ(grpc_code_of(418), 2);
}

/// One after the other. (Sums of literals make GCC 12 see copies that are none.)
std::string joined(std::initializer_list<std::string_view> parts) {
  std::string all;
  for (const std::string_view part : parts) all.append(part);
  return all;
}

std::string byte(std::size_t value) { return std::string(1, static_cast<char>(value)); }

// Bytes written by hand from google/rpc/status.proto, error_details.proto and duration.proto.
TEST(SinkFaults, RetryInfoIsAnAnyInTheDetails) {
  const std::string any =
      joined({"\x0a\x28", "type.googleapis.com/google.rpc.RetryInfo", "\x12\x04\x0a\x02\x08\x02"});
  EXPECT_EQ(retry_info_details(14, "no", 2s),
            joined({"\x08\x0e\x12\x02no\x1a", byte(any.size()), any}));
}

TEST(SinkFaults, APartialSuccessSaysHowMany) {
  EXPECT_EQ(partial_success_protobuf(0), "");
  EXPECT_EQ(partial_success_json(0), "{}");
  const std::string words = "rejected on purpose, as the sink was told to";
  const std::string inner = joined({"\x08\x05\x12", byte(words.size()), words});
  EXPECT_EQ(partial_success_protobuf(5), joined({"\x0a", byte(inner.size()), inner}));
  EXPECT_EQ(partial_success_json(5),
            joined({R"({"partialSuccess":{"rejectedSpans":"5","errorMessage":")", words, "\"}}"}));
}

}  // namespace
}  // namespace tracetax

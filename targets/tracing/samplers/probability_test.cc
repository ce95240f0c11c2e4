// ProbabilitySampler by the specification: decisions, ot=th, ot=rv, and what goes on to others.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "harness/core/request/ratio_rules.h"
#include "targets/tracing/context/ot_trace_state.h"
#include "targets/tracing/ids.h"
#include "targets/tracing/samplers/sampler_testing.h"
#include "targets/tracing/tracer.h"

namespace tracetax {
namespace {

SamplingResult asked(const std::string& argument, const char* id, std::string_view state = {}) {
  return sampler_named("probability", argument)
      ->decide({.parent = {}, .trace_id = trace_id_from_hex(id).value(), .trace_state = state});
}

/// th at a ratio, as a trace that is kept tells it.
std::string told(const std::string& argument) {
  return asked(argument, "000000000000000000ffffffffffffff").trace_state.value_or("");
}

// The table of the specification's page on probability sampling, with 3, 4 and 5 digits.
TEST(Probability, RoundsThresholdsAsTheSpecificationsTable) {
  struct Row {
    const char *ratio, *three, *four, *five;
  };
  for (const Row& row :
       {Row{"1", "0", "0", "0"}, Row{"0.5", "8", "8", "8"},
        Row{"0.3333333333333333", "aab", "aaab", "aaaab"}, Row{"0.25", "c", "c", "c"},
        Row{"0.2", "ccd", "cccd", "ccccd"}, Row{"0.125", "e", "e", "e"},
        Row{"0.1", "e66", "e666", "e6666"}, Row{"0.0625", "f", "f", "f"},
        Row{"0.01", "fd71", "fd70a", "fd70a4"}, Row{"0.001", "ffbe7", "ffbe77", "ffbe76d"},
        Row{"0.0001", "fff972", "fff9724", "fff97247"},
        Row{"0.00001", "ffff584", "ffff583a", "ffff583a5"},
        Row{"0.000001", "ffffef4", "ffffef39", "ffffef391"}}) {
    EXPECT_EQ(told(std::string(row.ratio) + ",digits=3"), std::string("ot=th:") + row.three);
    EXPECT_EQ(told(std::string(row.ratio) + ",digits=4"), std::string("ot=th:") + row.four);
    EXPECT_EQ(told(std::string(row.ratio) + ",digits=5"), std::string("ot=th:") + row.five);
  }
}

// 2^56 - round(0.01 * 2^56) = 72057594037927936 - 720575940379279 = 0xfd70a3d70a3d71.
TEST(Probability, IsExactUnlessDigitsAreAskedFor) {
  EXPECT_EQ(told("0.01"), "ot=th:fd70a3d70a3d71");
  EXPECT_EQ(told("1%"), told("0.01"));
  EXPECT_EQ(told("0.25"), "ot=th:c");
  EXPECT_EQ(told(""), "ot=th:0");
}

TEST(Probability, TurnsExactlyAtTheThreshold) {
  using enum SamplingDecision;
  EXPECT_EQ(asked("0.01", "ffffffffffffffff00fd70a3d70a3d70").decision, drop);
  EXPECT_EQ(asked("0.01", "0000000000000000fffd70a3d70a3d71").decision, record_and_sample);
  EXPECT_EQ(asked("0", "00000000000000000fffffffffffffff").decision, drop);
  EXPECT_EQ(asked("1", "00000000000000010000000000000000").decision, record_and_sample);
  EXPECT_EQ(asked("1.4e-17", "000000000000000000ffffffffffffff").decision, record_and_sample);
  EXPECT_EQ(asked("1.4e-17", "000000000000000000fffffffffffffe").decision, drop);
}

// The specification's example: 0x6e6d1a75832a2f is kept from 56.9 % on, whatever the id.
TEST(Probability, GoesByExplicitRandomness) {
  using enum SamplingDecision;
  constexpr const char* kLost = "11111111111111111100000000000000";
  constexpr const char* kKept = "111111111111111111ffffffffffffff";
  constexpr std::string_view kState = "ot=rv:6e6d1a75832a2f,vendor=1";
  EXPECT_EQ(asked("0.57", kLost, kState).decision, record_and_sample);
  EXPECT_EQ(asked("0.568", kKept, kState).decision, drop);
  EXPECT_EQ(asked("0.75", kLost, kState).trace_state, "ot=th:4;rv:6e6d1a75832a2f,vendor=1");
  // What is no rv is not gone by: 13 digits, upper case, of another member.
  for (const char* state :
       {"ot=rv:6e6d1a75832a2", "ot=rv:6E6D1A75832A2F", "other=rv:6e6d1a75832a2f"})
    EXPECT_EQ(asked("0.57", kLost, state).decision, drop) << state;
}

TEST(Probability, WhoDropsErasesTheThresholdAndNothingElse) {
  constexpr const char* kLost = "11111111111111111100000000000000";
  EXPECT_EQ(asked("0.5", kLost, "a=1,ot=th:c;x:3,b=2").trace_state, "ot=x:3,a=1,b=2");
  EXPECT_EQ(asked("0.5", kLost, "a=1,ot=th:c").trace_state, "a=1");
  EXPECT_EQ(asked("0.5", kLost, "a=1").trace_state, "a=1");
  EXPECT_FALSE(asked("0.5", kLost).trace_state);
}

TEST(OtTraceState, KeepsWithin256CharactersByLeavingTheThresholdOut) {
  const std::string rest = "x:" + std::string(245, 'a');  // 247 characters, and ";th:c" are 252
  EXPECT_EQ(with_ot_threshold("ot=" + rest, "c"), "ot=th:c;" + rest);
  EXPECT_EQ(with_ot_threshold("ot=" + rest, "fd70a"), "ot=th:fd70a;" + rest);  // 256
  EXPECT_EQ(with_ot_threshold("ot=th:8;" + rest, "fd70a3"), "ot=" + rest);     // would be 257
}

TEST(OtTraceState, DropsTrailingZerosOfThresholds) {
  EXPECT_EQ(ot_threshold_text(0), "0");
  EXPECT_EQ(ot_threshold_text(0xc0000000000000), "c");
  EXPECT_EQ(ot_threshold_text(0x01000000000000), "01");
  EXPECT_EQ(ot_threshold_text(0x10000000000001), "10000000000001");
}

TEST(Probability, TheThresholdIsInTheSpanAndGoesOnToChildren) {
  std::unique_ptr<Tracer> tracer =
      Tracer::make(read_tracing_config({{"TRACETAX_STATE", "record"},
                                        {"OTEL_TRACES_SAMPLER", "probability"},
                                        {"OTEL_TRACES_SAMPLER_ARG", "0.25"}})
                       .value(),
                   nullptr)
          .value();
  Caller caller;
  caller.context = TraceContext{trace_id_from_hex("11111111111111111100000000000000").value(),
                                random_span_id(), kSampledFlag};
  const auto carried = std::make_shared<Carried>();
  carried->trace_state = "ot=rv:ffffffffffffff,vendor=1";
  caller.carried = carried;
  const Span server = tracer->start_span("GET", SpanKind::server, caller, {});
  const Span client = tracer->start_child_span("GET", SpanKind::client, server, {});
  const Span root = tracer->start_span("GET", SpanKind::server, std::nullopt, {});
  EXPECT_TRUE(client.is_recording());
  EXPECT_EQ(client.carried()->trace_state, "ot=th:c;rv:ffffffffffffff,vendor=1");
  if (root.is_recording()) {
    EXPECT_EQ(root.carried()->trace_state, "ot=th:c");
  } else {
    EXPECT_EQ(root.carried(), nullptr);
  }
  EXPECT_EQ(root.is_recording(), randomness_of(root.context().trace_id) >= 0xc0000000000000);
  EXPECT_EQ(carried->trace_state, "ot=rv:ffffffffffffff,vendor=1");  // the caller's is as it was
}

TEST(Probability, RefusesWhatIsNoRatio) {
  const auto make = find_in_catalog(sampler_catalog(), "sampler", "probability").value();
  for (const char* argument : {"1.5", "-0.1", "half", "1e-18", "0.5,digits=0", "0.5,digits=15",
                               "0.5,digits=2.5", "0.5,ratio=0.5", "0.5,0.6", "0.5,digit=3"}) {
    EXPECT_FALSE(make(argument)) << argument;
  }
  EXPECT_NE(make("0.5,digit=3").error().message.find("digits"), std::string::npos);
}

}  // namespace
}  // namespace tracetax

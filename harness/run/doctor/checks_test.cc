// SPDX-License-Identifier: Apache-2.0
#include "harness/run/doctor/checks.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tracetax {
namespace {

Suite suite_of_one() {
  Suite suite;
  TargetSpec target;
  target.name = "app";
  target.kind = TargetKind::command;
  suite.targets = {target};
  return suite;
}

/// A service as it should be, in the arm off.
ArmLook right_off() {
  ArmLook look;
  look.target = "app";
  look.arm = "off";
  look.state = TracingState::noop;
  look.ready_s = 0.3;
  look.ready_how = "tcp://127.0.0.1:4000";
  look.runtime = "python3.11";
  look.answer = HttpAnswer{.status = 200};
  look.metered = true;
  look.load = LoadLook{.asked_rate = 500,
                       .achieved_rate = 500,
                       .planned_rate = 500,
                       .sent = 1600,
                       .ok = 1600,
                       .window_costs_us = {700, 501, 500, 503, 499, 500, 502, 500},
                       .windows_s = 0.4};
  look.spans = SpanLook{.sampled = 100};
  look.stop = StopLook{.took_s = 0.1, .patience_s = 5, .end = "exited with code 0"};
  return look;
}

ArmLook right_on() {
  ArmLook look = right_off();
  look.arm = "on@100%";
  look.state = TracingState::exporting;
  look.batch_delay_s = 1;
  look.spans = SpanLook{.sampled = 20,
                        .unsampled = 20,
                        .spans = 20,
                        .traces = 20,
                        .traces_expected = 20,
                        .spans_each = 1,
                        .all_alike = true,
                        .delay_max_ms = 900,
                        .last_sampled = 20,
                        .last_came = 20};
  return look;
}

/// The line of a check that is not as it should be; fails if there is none or more than one.
CheckLine only_wrong(const Suite& suite, const std::vector<ArmLook>& looks) {
  std::vector<CheckLine> wrong = check_lines(suite, looks);
  std::erase_if(wrong, [](const CheckLine& line) {
    return line.word == CheckWord::ok || line.word == CheckWord::note;
  });
  EXPECT_EQ(wrong.size(), 1U);
  return wrong.empty() ? CheckLine{} : wrong.front();
}

TEST(Checks, ARightServiceHasNothingToBeMended) {
  for (const CheckLine& line : check_lines(suite_of_one(), std::vector{right_off(), right_on()}))
    EXPECT_EQ(line.word, CheckWord::ok) << line.check << ": " << line.seen;
}

TEST(Checks, OffThatTracesIsRefused) {
  ArmLook off = right_off();
  off.spans->spans = 100;
  const CheckLine line = only_wrong(suite_of_one(), {off, right_on()});
  EXPECT_EQ(line.check, "off is off");
  EXPECT_EQ(line.word, CheckWord::refused);
  EXPECT_NE(line.remedy.find("--off"), std::string::npos);
}

TEST(Checks, NoSpanAtAllNamesWhatTheRuntimeNeeds) {
  ArmLook on = right_on();
  on.spans = SpanLook{.sampled = 20, .unsampled = 20, .traces_expected = 20, .last_sampled = 20};
  const CheckLine line = only_wrong(suite_of_one(), {right_off(), on});
  EXPECT_EQ(line.check, "traces");
  EXPECT_NE(line.remedy.find("opentelemetry-instrument"), std::string::npos);
}

TEST(Checks, SpansPerRequestAreCounted) {
  ArmLook on = right_on();
  on.spans->spans = 80;
  on.spans->spans_each = 4;
  Suite suite = suite_of_one();
  const CheckLine line = only_wrong(suite, {right_off(), on});
  EXPECT_EQ(line.seen, "exactly 4 each, and the suite says 1");
  EXPECT_NE(line.remedy.find("targets.app.spans_per_request=4"), std::string::npos);
  suite.targets.front().spans_per_request = 4;
  for (const CheckLine& mended : check_lines(suite, std::vector{right_off(), on}))
    EXPECT_EQ(mended.word, CheckWord::ok) << mended.check;
}

TEST(Checks, ASamplerThatIgnoresTheFlagIsRefused) {
  ArmLook on = right_on();
  on.spans->from_unsampled = 20;
  EXPECT_EQ(only_wrong(suite_of_one(), {right_off(), on}).check, "sampled flag");
}

TEST(Checks, TracesThatBeginInTheServiceAreRefused) {
  ArmLook on = right_on();
  on.spans->foreign = 20;
  on.spans->all_alike = false;
  CheckLine line = only_wrong(suite_of_one(), {right_off(), on});
  EXPECT_EQ(line.check, "caller's trace");
  EXPECT_NE(line.seen.find("sent as traceparent"), std::string::npos) << line.seen;
  on.context = {ContextFormat::jaeger};
  on.propagators = "jaeger";
  line = only_wrong(suite_of_one(), {right_off(), on});
  EXPECT_NE(line.seen.find("sent as uber-trace-id"), std::string::npos) << line.seen;
  EXPECT_NE(line.remedy.find("OTEL_PROPAGATORS=jaeger is set"), std::string::npos) << line.remedy;
}

TEST(Checks, PropagatorsThatDoNotReadWhatIsSentAreNamed) {
  ArmLook on = right_on();
  on.propagators = "b3,baggage";
  const auto lines = check_lines(suite_of_one(), std::vector{right_off(), on});
  const auto hint = std::ranges::find(lines, "propagators", &CheckLine::check);
  ASSERT_NE(hint, lines.end());
  EXPECT_EQ(hint->word, CheckWord::note);  // the service may read it all the same
  EXPECT_EQ(hint->seen,
            "the context is sent as traceparent, which OTEL_PROPAGATORS=b3,baggage does not read");
  on.spans->foreign = 20;
  on.spans->all_alike = false;
  const CheckLine line = only_wrong(suite_of_one(), {right_off(), on});
  EXPECT_NE(line.remedy.find("its OTEL_PROPAGATORS is b3,baggage"), std::string::npos);
  EXPECT_NE(line.remedy.find("\"context\": \"b3\" in the scenario, or have it read what is sent "
                             "(w3c): OTEL_PROPAGATORS=tracecontext"),
            std::string::npos)
      << line.remedy;
  on.context = {ContextFormat::w3c, ContextFormat::b3multi};
  for (const CheckLine& other : check_lines(suite_of_one(), std::vector{right_off(), on}))
    EXPECT_NE(other.check, "propagators");
}

TEST(Checks, AKilledNodeIsToldWhichLinesAreMissing) {
  ArmLook on = right_on();
  on.runtime = "node";
  on.stop->killed = true;
  ArmLook off = right_off();
  const CheckLine line = only_wrong(suite_of_one(), {off, on});
  EXPECT_EQ(line.check, "ends");
  EXPECT_NE(line.remedy.find("process.on('SIGTERM'"), std::string::npos);
}

TEST(Checks, LostLastSpansAreNoFlush) {
  ArmLook on = right_on();
  on.spans->last_came = 3;
  const CheckLine line = only_wrong(suite_of_one(), {right_off(), on});
  EXPECT_EQ(line.check, "flushes");
  EXPECT_EQ(line.seen, "ended on SIGTERM (exited with code 0) and lost 17 of its last 20 traces");
}

TEST(Checks, ARedirectSaysWhereTo) {
  ArmLook off = right_off();
  off.load.reset();
  off.spans.reset();
  off.answer = HttpAnswer{.status = 302, .location = "/hello/"};
  off.failed = Error{ExitCode::invalid, "answered status 302, expected 200-299"};
  const CheckLine line = only_wrong(suite_of_one(), {off});
  EXPECT_EQ(line.seen, "answered status 302, expected 200-299; Location: '/hello/'");
  EXPECT_NE(line.remedy.find("'/hello/'"), std::string::npos);
}

TEST(Checks, TheRateIsWhatItCanAnswer) {
  ArmLook on = right_on();
  on.load->achieved_rate = 200;
  Suite suite = suite_of_one();
  suite.load.levels = {500.0};
  const CheckLine line = only_wrong(suite, {right_off(), on});
  EXPECT_EQ(line.check, "rate");
  EXPECT_NE(line.remedy.find("load.rate=140/s"), std::string::npos) << line.remedy;
  Suite lower = suite;
  lower.load.levels = {100.0};
  for (const CheckLine& mended : check_lines(lower, std::vector{right_off(), on}))
    EXPECT_NE(mended.word, CheckWord::refused) << mended.check;
}

TEST(Checks, WhatFallsAfterTheStartIsCold) {
  ArmLook off = right_off();
  off.load->window_costs_us = {900, 800, 650, 500, 420, 380, 350, 340};
  const CheckLine line = only_wrong(suite_of_one(), {off});
  EXPECT_EQ(line.check, "warm");
  EXPECT_EQ(line.word, CheckWord::refused) << "the warm-up of 500 ms ends before";
  Suite suite = suite_of_one();
  suite.design.until_steady = true;
  for (const CheckLine& mended : check_lines(suite, std::vector{off}))
    EXPECT_NE(mended.word, CheckWord::refused) << mended.check;
}

TEST(Checks, AFewDozenRequestsOfANativeProgramTellNoWarmth) {
  ArmLook off = right_off();
  off.load->window_costs_us = {900, 800, 650, 500, 420, 380, 350, 340};
  off.load->asked_rate = off.load->achieved_rate = off.load->planned_rate = 100;  // 40 a window
  off.runtime = "";
  EXPECT_EQ(only_wrong(suite_of_one(), {off}).word, CheckWord::warning);
  off.runtime = "python3.11";
  EXPECT_EQ(only_wrong(suite_of_one(), {off}).word, CheckWord::refused);
}

TEST(Checks, TheFirstWindowAloneIsNoWarmUp) {
  EXPECT_FALSE(still_falls({3000, 500, 505, 498, 500, 503, 499, 501, 500}));
  EXPECT_TRUE(still_falls({337, 212, 187, 181, 175, 160, 150, 140, 131})) << "as Express";
  EXPECT_FALSE(still_falls({500, 400})) << "too few to say";
  // A neighbour that goes away is one step down and not two.
  EXPECT_FALSE(still_falls({900, 900, 890, 905, 895, 900, 500, 502, 501}));
}

TEST(Checks, HeldConnectionsAreALeak) {
  ArmLook off = right_off();
  off.descriptors_grew_by = 17;
  EXPECT_EQ(only_wrong(suite_of_one(), {off, right_on()}).check, "closes connections");
}

TEST(Checks, ConnectionsBetweenItsProcessesArePools) {
  const Suite suite = suite_of_one();
  ArmLook off = right_off();
  off.processes = 4;  // three hops
  off.descriptors_grew_by = 2L * 3 * suite.load.connections;
  const auto lines = check_lines(suite, std::vector{off, right_on()});
  EXPECT_EQ(std::ranges::count(lines, "closes connections", &CheckLine::check), 0);
}

TEST(Checks, ConnectionsToItsOtherServicesArePools) {
  const Suite suite = suite_of_one();
  ArmLook off = right_off();
  off.beside = 3;
  off.descriptors_grew_by = 3L * suite.load.connections;
  const auto told = [&] {
    const auto lines = check_lines(suite, std::vector{off, right_on()});
    return std::ranges::count(lines, "closes connections", &CheckLine::check);
  };
  EXPECT_EQ(told(), 0);
  off.descriptors_grew_by = 4L * suite.load.connections;
  EXPECT_EQ(told(), 1);
}

TEST(Checks, PredictableVoidsNameTheValueThatWouldDo) {
  Suite suite = suite_of_one();
  suite.design.measure = std::chrono::seconds{1};
  suite.design.blocks = 5;
  const auto lines = design_checks(suite, std::vector{right_off()});
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].remedy, "--set design.measure=2.2s");
  EXPECT_EQ(lines[1].remedy, "--set design.blocks=10");
}

}  // namespace
}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/run/tail/tail_sampler.h"

#include <gtest/gtest.h>

#include <map>

namespace tracetax {
namespace {

using std::chrono::seconds;

TraceId id_of(int number) {
  TraceId id;
  id.bytes[0] = 1;
  id.bytes[14] = static_cast<std::uint8_t>(number >> 8);
  id.bytes[15] = static_cast<std::uint8_t>(number);
  return id;
}

TracePiece piece_of(int trace, bool has_error = false) {
  return {.trace_id = id_of(trace),
          .bytes = std::to_string(trace) + ";",
          .spans = {{1'000, 2'000}},
          .has_error = has_error};
}

/// A sampler that keeps errors, and a clock that stands still but for its ticks.
class TailSamplerTest : public testing::Test {
 protected:
  void start(int decision_wait, std::size_t num_traces = 100, std::size_t sampled_cache = 0,
             std::size_t not_sampled_cache = 0) {
    TailRules rules;
    rules.decision_wait = seconds{decision_wait};
    rules.num_traces = num_traces;
    rules.sampled_cache_size = sampled_cache;
    rules.not_sampled_cache_size = not_sampled_cache;
    rules.policies = {parse_tail_policy("error").value()};
    sampler.emplace(std::move(rules),
                    [this](std::string_view bytes, std::uint64_t) { passed += bytes; });
  }
  void add(int trace, bool has_error = false) { sampler->add(piece_of(trace, has_error), now); }
  void tick(int times = 1) {
    for (; times > 0; --times) sampler->tick(now += seconds{1});
  }

  std::optional<TailSampler> sampler;
  TailSampler::Time now{};
  std::string passed;
};

TEST_F(TailSamplerTest, ATraceIsDecidedAtTheTickAfterItsWait) {
  start(2);
  add(1);
  tick();
  add(1, true);  // it came with another second, and shares the trace's batch
  add(2, true);
  tick();
  EXPECT_EQ(passed, "");
  tick();
  EXPECT_EQ(passed, "1;1;");
  EXPECT_EQ(sampler->counts().traces.sampled, 1U);
  tick();
  EXPECT_EQ(passed, "1;1;2;");
  EXPECT_EQ(sampler->counts().spans_out, 3U);
  EXPECT_EQ(sampler->bytes_held(), 0U);
}

TEST_F(TailSamplerTest, LateSpansShareTheFateOfTheirTrace) {
  start(1);
  add(1, true);
  add(2);
  tick(2);
  EXPECT_EQ(passed, "1;");
  now += seconds{7};
  add(1);
  add(2, true);  // too late to be kept
  EXPECT_EQ(passed, "1;1;");
  EXPECT_EQ(sampler->counts().late_spans.count, 2U);
  EXPECT_EQ(sampler->counts().late_spans.seconds, 14U);
  tick(3);
  EXPECT_EQ(passed, "1;1;");
  EXPECT_EQ(sampler->traces_in_memory(), 2U);  // until others push them out
}

TEST_F(TailSamplerTest, WithACacheADecidedTraceLeavesTheMemory) {
  start(1, 100, 10, 1);
  add(1, true);
  add(2);
  tick(2);
  EXPECT_EQ(sampler->traces_in_memory(), 0U);
  add(1);
  add(2, true);
  EXPECT_EQ(passed, "1;1;");
  EXPECT_EQ(sampler->counts().cached_spans.sampled, 1U);
  EXPECT_EQ(sampler->counts().cached_spans.not_sampled, 1U);
  EXPECT_EQ(sampler->counts().late_spans.count, 0U);
  add(3);
  tick(2);  // takes the place of 2 in its cache
  add(2, true);
  tick(2);
  EXPECT_EQ(passed, "1;1;2;");
}

TEST_F(TailSamplerTest, TooManyTracesPushOutTheOldest) {
  start(1, 2);
  add(1, true);
  add(2, true);
  add(3, true);
  EXPECT_EQ(sampler->traces_in_memory(), 2U);
  tick(2);
  EXPECT_EQ(passed, "2;3;");
  EXPECT_EQ(sampler->counts().dropped_too_early, 1U);
  add(4);  // pushes out a decided one, which is no loss
  tick(2);
  EXPECT_EQ(sampler->counts().dropped_too_early, 1U);
  EXPECT_EQ(sampler->counts().removed_traces.count, 2U);
  add(2);  // forgotten: a new trace, in which no error is seen
  tick(2);
  EXPECT_EQ(passed, "2;3;");
  EXPECT_EQ(sampler->counts().new_traces, 5U);
}

TEST_F(TailSamplerTest, ATraceThatWasPushedOutAndCameAgainCountsOnce) {
  start(2, 2);
  add(1, true);
  add(2);
  add(3);  // 1 goes
  add(1);  // again, without its error; 2 goes
  tick();
  add(4);  // 3 goes
  add(1);
  tick(2);
  EXPECT_EQ(sampler->counts().traces.not_sampled, 1U);  // 1
  EXPECT_EQ(sampler->counts().dropped_too_early, 2U);   // 2 and 3
  tick();
  EXPECT_EQ(sampler->counts().traces.not_sampled, 2U);  // 4
  EXPECT_EQ(sampler->counts().new_traces, 5U);
  EXPECT_EQ(passed, "");
}

TEST_F(TailSamplerTest, AtTheEndAllThatWaitAreDecided) {
  start(5);
  add(1, true);
  tick(3);
  add(2, true);
  add(3);
  sampler->end(now);
  EXPECT_EQ(passed, "1;2;");
  EXPECT_EQ(sampler->counts().traces.not_sampled, 1U);
}

TEST_F(TailSamplerTest, EachPolicyCountsAndOneIsEnough) {
  TailRules rules;
  rules.policies = {parse_tail_policy("error").value(), parse_tail_policy("always").value()};
  TailSampler both(rules, [](std::string_view, std::uint64_t) {});
  both.add(piece_of(1), now);
  both.add(piece_of(2, true), now);
  both.end(now);
  EXPECT_EQ(both.counts().by_policy[0].sampled, 1U);
  EXPECT_EQ(both.counts().by_policy[0].not_sampled, 1U);
  EXPECT_EQ(both.counts().by_policy[1].sampled, 2U);
  EXPECT_EQ(both.counts().traces.sampled, 2U);
}

}  // namespace
}  // namespace tracetax

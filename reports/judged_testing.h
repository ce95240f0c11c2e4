// Judged runs for the reports' tests: one for each verdict, one with the base revision beside it,
// and one that is far too large for a comment. Small histograms, so that golden files stay small.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "harness/core/gate/effort.h"
#include "reports/testing.h"

namespace tracetax::testing {

/// What is judged: `cpu_budget` is required, p50 and p99 are advisory; looks at 10 and 20 pairs.
inline GateSpec test_gate(const Budget& cpu_budget) {
  GateSpec gate;
  gate.arms = {"on@10%"};
  gate.metrics = {{Metric::cpu_per_request, true, cpu_budget, 3},
                  {Metric::response_p50, false, {5, std::nullopt}, 3},
                  {Metric::response_p99, false, {15, std::nullopt}, 6}};
  gate.effort = Effort::ci;
  gate.looks = looks_of(Effort::ci);
  return gate;
}

/// How much more an arm costs than off, and how far single segments scatter.
struct JudgedShape {
  double on_us = 1.6;  // on 20 us
  double base_us = 1.6;
  double scatter = 0.01;
  int blocks = 20;  // measured, of 26
};

/// Few values per segment around 420 us, a tail near 1.8 ms; both scatter.
inline void shape_responses(SegmentRecord& segment, double scale, double tail_scale) {
  const std::int64_t sampled = segment.times.response_sampled.count();
  const std::int64_t all = static_cast<std::int64_t>(segment.requests);
  segment.times = {};
  const auto middle = static_cast<std::int64_t>(420'000 * scale);
  const auto tail = static_cast<std::int64_t>(1'800'000 * tail_scale);
  segment.times.response_sampled.record(middle, sampled);
  segment.times.response_unsampled.record(middle, all - sampled - 200);
  segment.times.response_unsampled.record(tail, 200);
  segment.times.service_unsampled.record(middle, all);
  segment.times.lag.record(10'000, all);
}

inline RunResult judged_run(Suite suite, const GateSpec& gate, const JudgedShape& shape) {
  suite.name = "quick";
  suite.gate = gate;
  std::mt19937_64 random(11);
  const auto noise = [&random] { return static_cast<double>(random() % 2001) / 1000 - 1; };
  RunResult result = test_run(suite, [&](SegmentRecord& segment) {
    const bool base = segment.arm == base_arm_name("on@10%");
    const double cost = segment.arm == "on@10%" ? shape.on_us : base ? shape.base_us : 0;
    if (base) segment.receipt.expected = segment.receipt.received = 1'000;
    set_cpu_us(segment, (20 + cost) * (1 + shape.scatter * noise()));
    shape_responses(segment, 1 + 0.02 * noise() + 0.001 * cost, 1 + 0.2 * noise());
  });
  fill_facts(result);
  result.gate = gate;
  const std::size_t kept = suite.arms.size() * static_cast<std::size_t>(shape.blocks);
  result.segments.resize(std::min(result.segments.size(), kept));
  return result;
}

inline Suite judged_suite() {
  Suite suite = made_up_suite(26);
  suite.arms = {suite.arms[0], suite.arms[1], suite.arms[3]};
  return suite;
}

/// Its budget is twice the cost: settled at the first look.
inline RunResult passing_run() {
  RunResult result = judged_run(judged_suite(), test_gate({16, std::nullopt}),
                                {.on_us = 1.6, .scatter = 0.01, .blocks = 10});
  result.stop_reason = "after 10 of 26 blocks: every required test has passed";
  return result;
}

inline RunResult failing_run() {
  RunResult result = judged_run(judged_suite(), test_gate({4, std::nullopt}),
                                {.on_us = 1.6, .scatter = 0.01, .blocks = 10});
  result.stop_reason = "after 10 of 26 blocks: a required test is sure to fail";
  return result;
}

/// Its budget is the cost itself.
inline RunResult inconclusive_run() {
  RunResult result = judged_run(judged_suite(), test_gate({7, std::nullopt}),
                                {.on_us = 1.5, .scatter = 0.02, .blocks = 20});
  result.stop_reason = "after 20 of 26 blocks: the last look is done";
  return result;
}

/// The same as the passing one, but spans were lost.
inline RunResult invalid_run() {
  RunResult result = passing_run();
  for (SegmentRecord& segment : result.segments) {
    if (segment.arm != "on@10%" || segment.spec.block % 4 != 1) continue;
    make_void(segment, VoidRule::receipt_open,
              "12 traces of 1,000 are missing; tracing that loses spans looks cheap");
    segment.receipt.missing_traces = 12;
    segment.receipt.received -= 12;
  }
  result.stop_reason = "after 10 of 26 blocks: the run is invalid";
  return result;
}

/// Within its absolute budget, and worse than the base revision.
inline RunResult run_with_base() {
  Suite suite = judged_suite();
  ArmSpec base = suite.arms.back();
  base.name = base_arm_name(base.name);
  base.role = ArmRole::base;
  ArmOverride other;
  other.program = "/base/tracetax-target";
  base.per_target = {{suite.targets[0].name, other}};
  suite.arms.push_back(base);
  RunResult result = judged_run(suite, test_gate({5, 3}),
                                {.on_us = 1.9, .base_us = 0.5, .scatter = 0.01, .blocks = 10});
  result.stop_reason = "after 10 of 26 blocks: a required test is sure to fail";
  return result;
}

}  // namespace tracetax::testing

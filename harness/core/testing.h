// Runs made up for tests: one target, one scenario, arms off, off2, on@1%, on@10% and on@100%,
// every segment valid. A test shapes the segments it is about and leaves the rest alone.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <string>

#include "harness/core/run_result.h"

namespace tracetax::testing {

inline ArmSpec test_arm(const std::string& name, ArmRole role, double share) {
  ArmSpec arm;
  arm.name = name;
  arm.role = role;
  if (role == ArmRole::traced) arm.state = TracingState::exporting;
  arm.rate = SampleRate::make(share).value();
  return arm;
}

inline Suite test_suite(int blocks) {
  Suite suite;
  suite.name = "test";
  TargetSpec target;
  target.name = "gin";
  target.framework = "gin";
  target.can_be_absent = true;
  suite.targets = {target};
  ScenarioSpec scenario;
  scenario.name = "users";
  suite.scenarios = {scenario};
  suite.arms = {test_arm("off", ArmRole::off, 0), test_arm("off2", ArmRole::sham, 0),
                test_arm("on@1%", ArmRole::traced, 0.01), test_arm("on@10%", ArmRole::traced, 0.1),
                test_arm("on@100%", ArmRole::traced, 1)};
  suite.design.blocks = blocks;
  return suite;
}

inline constexpr std::uint64_t kTestRequests = 10'000;

/// 10,000 requests in 3 s, all answered; response and service near 400 us, lag near 10 us; the
/// traced ones cost 0.6 us each and 5 us more if sampled, on 20 us.
inline SegmentRecord test_segment(const SegmentSpec& spec, const ArmSpec& arm) {
  SegmentRecord segment;
  segment.spec = spec;
  segment.arm = arm.name;
  segment.started_at = "2025-11-20T18:00:00.000Z";
  segment.duration_s = 3;
  segment.requests = segment.sent = kTestRequests;
  segment.sampled_share = arm.rate.share();
  const bool open = spec.kind == SegmentKind::open;
  segment.asked_rate = open ? 10'000.0 / 3 : 0;
  segment.achieved_rate = open ? 10'000.0 / 3 : 30'000;
  const bool traced = arm.role == ArmRole::traced;
  const double cpu_us = 20 + (traced ? 0.6 + 5 * arm.rate.share() : 0);
  TargetUsage usage;
  usage.cpu_ns = static_cast<std::uint64_t>(std::llround(cpu_us * 1e3)) * kTestRequests;
  usage.cpu_user_share = 0.75;
  usage.rss_peak_bytes = 12'000'000;
  usage.rss_steady_bytes = 11'000'000;
  usage.voluntary_switches = 9'000;
  usage.involuntary_switches = 120;
  segment.usage = usage;
  segment.driver_cpu_us_per_request = 5.4;
  segment.driver_busy = 0.05;
  segment.answer_digest = "5f2a77c1d09b3e48";

  const auto sampled = static_cast<std::uint64_t>(std::llround(segment.sampled_share * 1e4));
  for (std::uint64_t i = 0; i < kTestRequests; ++i) {
    const auto spread =
        static_cast<std::int64_t>(i * 7'919 % kTestRequests);  // 0 to 9,999, shuffled
    const std::int64_t service = 380'000 + 4 * spread, lag = 5'000 + spread;
    (i < sampled ? segment.times.service_sampled : segment.times.service_unsampled).record(service);
    (i < sampled ? segment.times.response_sampled : segment.times.response_unsampled)
        .record(service + lag);
    if (open) segment.times.lag.record(lag);
    segment.times.wait.record(0);
  }
  Receipt& receipt = segment.receipt;
  receipt.expected = receipt.received = traced ? sampled : 0;
  receipt.traces_expected = receipt.traces_received = receipt.expected;
  if (receipt.received > 0) {
    receipt.payloads = (receipt.received + 511) / 512;
    receipt.bytes = receipt.received * 90;
    receipt.batch_mean =
        static_cast<double>(receipt.received) / static_cast<double>(receipt.payloads);
    receipt.batch_max = std::min<std::uint64_t>(receipt.received, 512);
    receipt.export_delay_p50_ms = 480.5;
    receipt.export_delay_max_ms = 1'002.25;
  }
  return segment;
}

using Shape = std::function<void(SegmentRecord&)>;

/// Every arm once per block, its place moving on by one each block; with a capacity segment after
/// each open one if the suite asks. `shape` changes each segment after it was made.
inline RunResult test_run(const Suite& suite, const Shape& shape = {}) {
  RunResult result;
  result.run_id = "9b2ee0c2-7a3b-4c55-8a3e-0d6f3c1c2a10";
  result.started_at = "2025-11-20T18:00:00.000Z";
  result.finished_at = "2025-11-20T18:03:10.500Z";
  result.status = RunStatus::complete;
  result.argv = {"tracetax", "run", "quick"};
  result.tool = {.version = "0.1.0",
                 .git_revision = "0123abc",
                 .compiler = "g++ 12.2.0",
                 .build_type = "Release",
                 .sanitized = false,
                 .plugins = {}};
  result.suite = suite;
  result.plan.seed = 0xfedcba9876543210;
  result.plan.cells = {Cell{}};
  result.cell_rates = {10'000.0 / 3};
  result.cell_capacities = {30'000};
  const int arms = static_cast<int>(suite.arms.size());
  for (int block = 0; block < suite.design.blocks; ++block) {
    int position = 0;
    for (const SegmentKind kind : {SegmentKind::open, SegmentKind::capacity}) {
      if (kind == SegmentKind::capacity && !suite.design.capacity) continue;
      for (int turn = 0; turn < arms; ++turn) {
        SegmentSpec spec;
        spec.block = block;
        spec.position = position++;
        spec.arm = (turn + block) % arms;
        spec.kind = kind;
        spec.arrival_seed = 0x9e3779b97f4a7c15 + static_cast<std::uint64_t>(block);
        spec.id_seed = 0xbf58476d1ce4e5b9 + static_cast<std::uint64_t>(block * 100 + spec.position);
        spec.environment_pad = 16 * spec.position;
        result.plan.segments.push_back(spec);
      }
    }
  }
  for (const SegmentSpec& spec : result.plan.segments) {
    SegmentRecord segment = test_segment(spec, suite.arms[static_cast<std::size_t>(spec.arm)]);
    if (shape) shape(segment);
    result.segments.push_back(std::move(segment));
  }
  return result;
}

inline void set_cpu_us(SegmentRecord& segment, double us_per_request) {
  segment.usage->cpu_ns = static_cast<std::uint64_t>(
      std::llround(us_per_request * 1e3 * static_cast<double>(segment.requests)));
}

inline void make_void(SegmentRecord& segment, VoidRule rule,
                      const std::string& detail = "made void") {
  segment.voids.push_back({rule, detail});
}

}  // namespace tracetax::testing

// Runs of several targets for the tests of the framework tables.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "reports/testing.h"

namespace tracetax::testing {

/// A made-up target: what it costs and what its spans are like.
struct MadeUp {
  std::string name, kind;  // of its scenario
  double cpu_us, b_us;
  double attributes, events, span_bytes;
  TargetKind target = TargetKind::emulated;
  std::string pair{};
  double switches = 0.9;  // voluntary ones per request
};

/// The capacity of a target on one CPU, and its CPU per request: 0.5 us for every traced request
/// and b for a sampled one.
inline void make_as(const MadeUp& made, double ripple, SegmentRecord& segment, bool traced) {
  const double cpu = made.cpu_us + (traced ? 0.5 + made.b_us * segment.sampled_share : 0);
  set_cpu_us(segment, cpu * ripple);
  segment.usage->voluntary_switches =
      static_cast<std::uint64_t>(made.switches * static_cast<double>(segment.requests));
  if (segment.spec.kind == SegmentKind::capacity) segment.achieved_rate = 900'000 / cpu * ripple;
  Receipt& receipt = segment.receipt;
  if (receipt.received == 0) return;
  receipt.attributes_per_span = made.attributes;
  receipt.events_per_span = made.events;
  receipt.bytes_per_span = made.span_bytes;
}

/// One cell per target, with capacity segments, measured in the order of the list.
inline RunResult frameworks_run(const std::vector<MadeUp>& all, int blocks = 8) {
  Suite suite = test_suite(blocks);
  suite.design.capacity = std::chrono::milliseconds{200};
  suite.load.levels = {CapacityShare{0.2}};
  const TargetSpec target = suite.targets[0];
  const ScenarioSpec scenario = suite.scenarios[0];
  suite.targets.clear();
  suite.scenarios.clear();
  for (const MadeUp& made : all) {
    suite.targets.push_back(target);
    suite.targets.back().name = made.name;
    suite.targets.back().framework = made_up(made.pair.empty() ? made.name : made.pair);
    suite.targets.back().pair = made.pair;
    suite.targets.back().kind = made.target;
    if (made.target == TargetKind::command) {
      suite.targets.back().command = {"/usr/bin/" + made.name, "{port}"};
      suite.targets.back().ready = "http://127.0.0.1:{port}/healthz";
      suite.targets.back().can_be_absent = false;
    }
    if (suite.scenarios.empty() || suite.scenarios.back().kind != made.kind) {
      suite.scenarios.push_back(scenario);
      suite.scenarios.back().name = made.kind + "-call";
      suite.scenarios.back().kind = made.kind;
    }
    suite.scenarios.back().targets.push_back(made.name);
  }
  RunResult result = sample_run(suite);
  const std::vector<SegmentSpec> specs = std::move(result.plan.segments);
  const std::vector<SegmentRecord> one = std::move(result.segments);
  result.plan.cells.clear();
  result.plan.segments.clear();
  result.segments.clear();
  result.cell_rates.clear();
  result.cell_capacities.clear();
  for (int cell = 0; cell < static_cast<int>(all.size()); ++cell) {
    const MadeUp& made = all[static_cast<std::size_t>(cell)];
    int scenario_index = 0;
    while (!is_for(suite.scenarios[static_cast<std::size_t>(scenario_index)],
                   suite.targets[static_cast<std::size_t>(cell)])) {
      ++scenario_index;
    }
    result.plan.cells.push_back({cell, scenario_index});
    result.cell_capacities.push_back(900'000 / made.cpu_us);
    result.cell_rates.push_back(180'000 / made.cpu_us);
    for (SegmentSpec spec : specs) {
      spec.cell = cell;
      result.plan.segments.push_back(spec);
    }
    for (SegmentRecord segment : one) {
      segment.spec.cell = cell;
      const ArmSpec& arm = suite.arms[static_cast<std::size_t>(segment.spec.arm)];
      const int turn = (segment.spec.block * 5 + segment.spec.arm * 3 + cell) % 7 - 3;
      make_as(made, 1 + 0.002 * turn, segment, arm.role == ArmRole::traced);
      result.segments.push_back(std::move(segment));
    }
  }
  result.subjects.clear();
  fill_facts(result);
  for (std::size_t i = 0; i < all.size(); ++i) {
    result.subjects[i].kind = name_of(all[i].target);
    if (all[i].target == TargetKind::real) result.subjects[i].versions["go"] = "1.26.8";
    result.subjects[i].off_state = all[i].target == TargetKind::command ? "noop" : "absent";
  }
  return result;
}

/// For each framework the real one, which costs `times` as much, and its emulation.
inline RunResult paired_run(const std::vector<MadeUp>& all, double times, int blocks = 8) {
  std::vector<MadeUp> both;
  for (const MadeUp& made : all) {
    for (const TargetKind kind : {TargetKind::real, TargetKind::emulated}) {
      MadeUp& side = both.emplace_back(made);
      const bool real = kind == TargetKind::real;
      side.pair = made.name;
      side.name += real ? "-real" : "-emulated";
      side.target = kind;
      side.cpu_us *= real ? times : 1;
      side.b_us *= real ? times : 1;
      side.switches *= real ? 3 : 1;
    }
  }
  return frameworks_run(both, blocks);
}

}  // namespace tracetax::testing

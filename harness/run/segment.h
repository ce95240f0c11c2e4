// One segment: an arm once, on a fresh target. Launch, check, warm up, settle, measure, drain, stop,
// receipt, validity. What goes wrong voids the segment and is written into its record; it is never an
// error of the run.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <stop_token>
#include <string_view>

#include "harness/core/run_result.h"
#include "harness/load/engine.h"
#include "harness/run/pinning.h"
#include "harness/run/sink_process.h"

namespace tracetax {

/// What all segments of a cell share.
struct SegmentContext {
  const Suite& suite;
  const TargetSpec& target;
  const ScenarioSpec& scenario;
  PrepareScenario prepare;
  std::string target_program;
  const PinningChoice& pinning;
  ReleaseMode release;
  SinkProcess& sink;
  double rate = 0;                                  // offered, requests/s
  std::function<void(std::string_view step)> step;  // told when a step begins
  std::function<bool()> abandon;                    // true: give up now
  std::stop_token stop;                             // the same, for the engine
};

/// Runs it. With VoidRule::interrupted the record is of no use: the segment was abandoned.
[[nodiscard]] SegmentRecord run_segment(const SegmentSpec& spec, const SegmentContext& context);

/// A target brought up and found to answer rightly, with connections open: what segments and the ramp
/// have in common.
struct ReadyLoad {
  PreparedScenario scenario;
  LoadSetup setup;
  std::string answer_digest;
};
[[nodiscard]] Result<ReadyLoad> prepare_load(const SegmentContext& context, const Endpoint& endpoint);

}  // namespace tracetax

// What all segments of a cell share.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/suite/suite.h"
#include "harness/load/engine.h"
#include "harness/load/release.h"
#include "harness/load/scenario/scenario_kind.h"
#include "harness/load/session/scenario.h"
#include "harness/run/process/pinning.h"
#include "harness/run/process/target_output.h"
#include "harness/run/service/start_sinks.h"

namespace tracetax {

class KeptTargets;
class ServicePool;

struct SegmentContext {
  const Suite* suite;
  const TargetSpec& target;
  const ScenarioSpec& scenario;
  PrepareScenario prepare_scenario;
  std::string target_program;
  const PinningChoice& pinning;
  ReleaseMode release;
  const Sinks& sinks;  // of each door as many as segments that take turns, 1 at least
  double rate = 0;     // offered, requests/s
  std::function<void(std::string_view step)> step;  // told when a step begins
  std::function<bool()> abandon;                    // true: give up now
  std::stop_token stop;                             // the same, for the engine
  LiveCounts* live = nullptr;                       // answers so far, of all phases
  KeptTargets* kept = nullptr;                      // processes that outlive a segment; null: none
  std::function<void(const TargetOutput&)> keep_output{};  // told when a target has ended
  std::optional<OfferedRate> offered{};                    // as the suite asks for it
  ServicePool* pool = nullptr;  // services that are up for a block; null: they are not
};

/// Whether the sampled flag of a request to the cell's target says what is sampled.
[[nodiscard]] inline bool caller_samples(const SegmentContext& context) {
  return sampling_of(*context.suite, context.target) == Sampling::caller;
}

/// How requests to the cell's target tell their context. Where traces are dropped on purpose each
/// has to be known, whoever decides.
[[nodiscard]] inline ContextFormats context_sent(const SegmentContext& context,
                                                 const ArmSpec& arm) {
  return arm.keeps || caller_samples(context) ? context.scenario.context : ContextFormats{};
}

}  // namespace tracetax

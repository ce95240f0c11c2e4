// Executes a plan: the one impure arrow. For each segment: launch the target afresh, check it, warm
// up, measure, drain until the receipt closes, meter, stop. Knows nothing of statistics or
// printing.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "harness/core/run_result.h"
#include "harness/core/text/catalog.h"
#include "harness/load/scenario/scenario_kind.h"
#include "harness/load/session/scenario.h"

namespace tracetax {

/// What the runner tells while it works; called between segments and at most four times a second
/// while no segment is being measured. See progress.h.
struct RunProgress {
  std::size_t segment = 0, segments = 0;
  int block = 0, blocks = 0;
  std::string cell, arm, step;  // step: "ramp", "launch", "warm-up", "measure", "drain", "capacity"
  double rate = 0;
  Nanos left{0};       // estimate
  std::string so_far;  // what the blocks measured say, if anybody computes it
};

/// What a look at the blocks measured so far says.
struct BlockAdvice {
  std::optional<std::string> stop;  // why no further block of this cell is needed; empty: go on
  std::string so_far;               // for the progress line
};

struct RunnerOptions {
  std::string tracetax_program;  // for `tracetax sink`; normally /proc/self/exe
  std::string target_program;    // tracetax-target
  /// Of real targets, by framework: what they are made of, for the record.
  std::map<std::string, std::map<std::string, std::string>> versions;
  std::span<const ScenarioEntry> scenarios;
  std::function<Status(const RunResult&)> save;  // after the ramp and every segment; rarer if slow
  std::function<void(const RunProgress&)> progress;  // may be empty
  std::function<BlockAdvice(const RunResult&, int cell)>
      look;            // before every block; empty: run the whole plan
  std::string folder;  // of the run: what targets write is kept there; empty: nowhere
  const std::atomic<int>* interrupted =
      nullptr;  // number of SIGINT/SIGTERM so far; 1 = finish the segment
};

/// Runs result.plan for result.suite and fills in segments. `result` comes with suite, plan, argv
/// and tool filled in. Returns when the plan is done or an interrupt asked to stop (status
/// partial). Error if nothing can be measured at all (sink cannot bind, no program, first save
/// failed, ...), and (invalid) if a cell was given up because no further segment could be valid:
/// what was measured is in `result` all the same.
[[nodiscard]] Status execute(RunResult& result, const RunnerOptions& options);

}  // namespace tracetax

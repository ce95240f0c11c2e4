// What run, gate, calibrate and selftest share: a suite measured into a result, with progress on
// standard error and everything saved as it comes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/cli/output_folder.h"
#include "harness/core/gate/gate_spec.h"
#include "harness/core/suite/suite_reader.h"
#include "harness/run/doctor/doctor.h"
#include "harness/run/doctor/span_doctor.h"
#include "harness/run/runner.h"
#include "scenarios/plugin/plugin_host.h"

namespace tracetax {

/// The suite as asked for, checked down to the options of its scenarios. A mistake that can be seen
/// before a run is found before anything is started. `notes`, if anybody wants them: what else the
/// reader of a result should know, such as which frameworks are emulated for want of the real ones.
[[nodiscard]] Result<Suite> read_checked_suite(const std::string& path_or_name,
                                               const SuiteOverrides& overrides,
                                               const ScenarioKinds& kinds,
                                               std::vector<std::string>* notes = nullptr);

/// The look before a run, told on standard error while it goes on.
[[nodiscard]] Result<Examination> look_before(const Suite& suite, const ScenarioKinds& kinds,
                                              bool quiet, LookAt what,
                                              Nanos longest = kLongestExamination);

/// Where the spans of its targets go, told on standard error while it goes on: examine_spans().
[[nodiscard]] Result<std::vector<SpanReport>> look_at_spans(const Suite& suite,
                                                            const ScenarioKinds& kinds, bool quiet,
                                                            bool found_out);

/// The same for a suite that is about to be measured; none where all of it is emulated. What is
/// wrong is printed on standard error; error (invalid) where anything is refused. Where nobody says
/// whether processes are kept, it follows from the runtime that was found.
[[nodiscard]] Result<std::vector<CheckLine>> check_before(Suite& suite, const ScenarioKinds& kinds,
                                                          bool quiet);

struct MeasureRequest {
  Suite suite;
  std::optional<GateSpec> gate;       // judged so; none: only measured
  std::vector<std::string> argv;      // for the record, from the name of the command on
  std::vector<CheckLine> checks;      // what the look before it saw
  std::vector<std::string> warnings;  // about the run as a whole, known before it
  int spare_blocks = 0;               // at most so many, in place of those lost to chance
  bool quiet = false;                 // no progress
  std::string label;                  // --label; empty: the commit that CI names, if it names one
  std::string title;                  // in front of the progress line; may be empty
  std::function<BlockAdvice(const RunResult&, int cell)> look;  // see RunnerOptions
};

/// The result as far as it was measured, and how executing it ended.
struct Measured {
  RunResult result;
  Status executed;

  /// Whether the run got far enough for a report. It did if it ended as it should, and also if it
  /// found before its first segment that nothing can be measured. Otherwise its error says all.
  [[nodiscard]] bool can_be_told() const {
    return executed || !result.segments.empty() || result.status == RunStatus::invalid;
  }
};
/// Saves result.json into `folder`, if there is one, after every segment. In a long run it saves
/// less often: as often as takes a twentieth of the time.
[[nodiscard]] Result<Measured> measure(MeasureRequest request, const ScenarioKinds& kinds,
                                       const OutputFolder* folder);

}  // namespace tracetax

// From a suite to a suite that is judged: only the arms that the verdict needs, the base revision
// as arms of its own, and blocks enough for the last look. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/gate/gate_spec.h"
#include "harness/core/suite/suite.h"
#include "harness/core/text/error.h"

namespace tracetax {

/// What the command line changes about a suite's gate.
struct GateOverrides {
  std::optional<std::vector<GateMetric>> required;  // in place of the suite's; advisory ones stay
  std::vector<std::string> arms;                    // in place of the suite's
  std::optional<Effort> effort;                     // and its looks
  std::optional<StopRule> stop;
  std::optional<InconclusivePolicy> inconclusive;
  bool forced = false;
};

/// The suite's gate with the overrides, complete. Usage errors as complete_gate's, and unknown
/// arms.
[[nodiscard]] Result<GateSpec> gate_of(const Suite& suite, const GateOverrides& overrides);

/// Blocks to plan so that `pairs` are left even if as many are lost to the driver or the machine as
/// may be lost: a third more.
[[nodiscard]] int blocks_to_plan(int pairs);

/// How a revision of the service is started.
struct Revision {
  std::string given;       // as on the command line
  bool is_folder = false;  // a checkout: the same command in there
};

/// What is judged, and against what.
struct Revisions {
  std::optional<Revision> head;  // in place of what the suite starts
  std::optional<Revision> base;
};

/// `suite` as it is measured for `gate`. Arms that nobody judges are left out, and the capacity
/// segments too if capacity is not judged. With a head all arms are that revision; with a base each
/// judged arm gets an arm base-NAME.
///
/// `given` is a program that takes the place of tracetax-target or of the command's first word; or
/// a folder; or (with a space in it) a whole command of words between spaces. Error if a target
/// cannot be started as another revision (attached).
[[nodiscard]] Result<Suite> suite_to_judge(Suite suite, const GateSpec& gate,
                                           const Revisions& revisions);

}  // namespace tracetax

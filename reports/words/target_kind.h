// Whether a target is an emulation, real or somebody's own, and what `off` is of it: no table or
// format shows one without saying which.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "harness/core/run_result.h"

namespace tracetax {

[[nodiscard]] inline std::string_view target_kind(const RunResult& result, int cell) {
  const Cell& where = result.plan.cells.at(static_cast<std::size_t>(cell));
  return name_of(result.suite.targets.at(static_cast<std::size_t>(where.target)).kind);
}

/// " (emulated)", or nothing: behind what could be quoted without its target's name.
[[nodiscard]] inline std::string_view emulated_mark(const RunResult& result, int cell) {
  return target_kind(result, cell) == name_of(TargetKind::emulated) ? " (emulated)" : "";
}

/// "absent": the state that `off` has in this target.
[[nodiscard]] inline std::string off_state(const RunResult& result, int cell) {
  const Cell& where = result.plan.cells.at(static_cast<std::size_t>(cell));
  const TargetSpec& target = result.suite.targets.at(static_cast<std::size_t>(where.target));
  for (const SubjectFacts& subject : result.subjects) {
    if (subject.name == target.name && !subject.off_state.empty()) return subject.off_state;
  }
  return std::string(name_of(state_of(result.suite.arms.front(), target)));
}

}  // namespace tracetax

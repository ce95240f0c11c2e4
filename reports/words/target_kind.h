// Whether a target is an emulation or real, and what `off` is of it: no table or format shows one
// without saying which.
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

/// "absent": the state that `off` has in this target.
[[nodiscard]] inline std::string off_state(const RunResult& result, int cell) {
  const Cell& where = result.plan.cells.at(static_cast<std::size_t>(cell));
  const TargetSpec& target = result.suite.targets.at(static_cast<std::size_t>(where.target));
  for (const SubjectFacts& subject : result.subjects) {
    if (subject.name == target.name && !subject.off_state.empty()) return subject.off_state;
  }
  return std::string(name_of(state_of(result.suite.arms.front(), target)));
}

/// "emulated, off = absent", "real, off = absent", or "off = noop" of a command: what stands behind
/// its name wherever a number could be quoted.
[[nodiscard]] inline std::string what_it_is(const RunResult& result, int cell) {
  const std::string_view kind = target_kind(result, cell);
  const bool framework = kind == name_of(TargetKind::emulated) || kind == name_of(TargetKind::real);
  return (framework ? std::string(kind) + ", off = " : "off = ") + off_state(result, cell);
}

}  // namespace tracetax

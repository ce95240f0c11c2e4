// Whether a target is an emulation or real: no table or format shows one without saying which.
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

/// " (emulated)" behind the name of a target that is; nothing behind a real one.
[[nodiscard]] inline std::string emulated_mark(const RunResult& result, int cell) {
  return target_kind(result, cell) == name_of(TargetKind::emulated) ? " (emulated)" : "";
}

}  // namespace tracetax

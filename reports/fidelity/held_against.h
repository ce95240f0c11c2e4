// What is known of an emulated target's distance to the real framework: what its numbers must not
// be quoted without.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "harness/core/run_result.h"
#include "reports/fidelity/fidelity_record.h"

namespace tracetax {

struct HeldAgainst {
  std::string framework;  // "gin"
  /// How many times as much CPU per request the real one takes without tracing; none: it was never
  /// measured beside the real one.
  std::optional<KeptRatio> cpu;
  std::string month;  // "2026-12", where there is a ratio
};

/// Of an emulated target; none of any other. Says what this run says if the real one is part of it,
/// else what `kept` does.
[[nodiscard]] std::optional<HeldAgainst> held_against(const RunResult& result, int cell,
                                                      const FidelityRecord& kept);

}  // namespace tracetax

// What a reader must know before the framework tables: how to read them, and where, when and how
// they were measured.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "harness/core/run_result.h"
#include "reports/words/language.h"

namespace tracetax {

/// Whether the run is whole: "complete: 50 of 50 segments measured, 48 valid".
[[nodiscard]] std::string framework_run_state(const RunResult& result, Language language);

/// Host, CPUs, versions, load, times, blocks, date; an item each.
[[nodiscard]] std::vector<std::string> framework_run_facts(const RunResult& result,
                                                           Language language);

/// What the cells and marks mean, and what they do not; an item each.
[[nodiscard]] std::vector<std::string> framework_legend(const RunResult& result, Language language);

}  // namespace tracetax

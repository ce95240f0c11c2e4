// How good the traces of each arm were, over every segment: a table where something is to be told,
// else one sentence.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/core/run_result.h"
#include "reports/tables/table.h"

namespace tracetax {

struct QualityPart {
  /// A row per arm that traced; only columns in which some arm has something to tell.
  std::optional<Table> table;
  /// Of all arms together: that all is whole, or what is not as it should be and what would be.
  std::vector<std::string> sentences;
};

/// Empty where no arm of the cell traced, or the record is from before traces were judged.
[[nodiscard]] QualityPart quality_part(const RunResult& result, int cell);

}  // namespace tracetax

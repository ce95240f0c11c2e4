// The pictures of two runs against each other.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/analysis/run_comparison.h"
#include "harness/core/run_result.h"
#include "reports/charts/picture.h"

namespace tracetax {

/// Two runs and one cell that both have. `id` ends the ids of its pictures.
struct ComparedCell {
  const RunComparison& comparison;
  const RunResult& before;
  const RunResult& after;
  std::string name, id;
};

/// Every change with its interval and its margin.
[[nodiscard]] Picture changes_picture(const ComparedCell& cell);
/// The paired ratios of the blocks, both runs over each other: CPU per request and what regressed
/// or improved. Nothing where no arm has a number in both.
[[nodiscard]] std::optional<Picture> ratios_picture(const ComparedCell& cell);
/// Response times over percentiles, both runs over each other, a panel for each arm of both.
[[nodiscard]] std::optional<Picture> curves_picture(const ComparedCell& cell);

}  // namespace tracetax

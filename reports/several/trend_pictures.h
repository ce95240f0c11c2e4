// The lines of a history, a picture for each cell and metric.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "harness/analysis/trend/history.h"
#include "reports/charts/picture.h"

namespace tracetax {

/// CPU per request of every cell; other metrics where they shifted, and all of a suite of at most
/// three cells. `suite` is its place on the page, for the ids.
[[nodiscard]] std::vector<Picture> trend_pictures(const SuiteHistory& history, std::size_t suite);

}  // namespace tracetax

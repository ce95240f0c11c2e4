// Two runs against each other as a page.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "reports/tables/run_comparison_views.h"

namespace tracetax {

[[nodiscard]] std::string write_comparison_html(const RunComparison& comparison,
                                                const ComparisonView& view);

}  // namespace tracetax

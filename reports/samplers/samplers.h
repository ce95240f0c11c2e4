// Table T3 for a terminal.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "reports/samplers/sampler_rows.h"

namespace tracetax {

/// All tables of a run for which measures_samplers(), at most `width` columns wide.
[[nodiscard]] std::string samplers_text(const RunResult& result, std::size_t width);

}  // namespace tracetax

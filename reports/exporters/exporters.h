// Table T7 for a terminal.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "reports/exporters/exporter_rows.h"

namespace tracetax {

/// All tables of a run for which measures_exporters(), at most `width` columns wide.
[[nodiscard]] std::string exporters_text(const RunResult& result, std::size_t width);

}  // namespace tracetax

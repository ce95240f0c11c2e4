// The options that report formats declare, as options of a command.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "harness/core/text/option_reader.h"
#include "reports/words/report.h"

namespace tracetax {

/// In `report` all of them; in `run` those that change what its folder gets.
enum class FormatOptionsOf { report, run };

/// Each by name, once, whatever the formats that have it.
[[nodiscard]] std::vector<OptionSpec> format_option_specs(FormatOptionsOf command);

[[nodiscard]] FormatChoices read_format_options(OptionReader& reader, FormatOptionsOf command);

}  // namespace tracetax

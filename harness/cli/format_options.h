// The options that report formats declare, as options of a command.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/cli/option_reader.h"
#include "reports/words/report.h"

namespace tracetax {

/// In `report` all of them; in `run` those that change what its folder gets.
enum class FormatOptionsOf { report, run };

/// Each by name, once, whatever the formats that have it.
void declare_format_options(cxxopts::Options& declared, FormatOptionsOf command);

[[nodiscard]] FormatChoices read_format_options(const cxxopts::ParseResult& parsed,
                                                FormatOptionsOf command, OptionMistakes& mistakes);

}  // namespace tracetax

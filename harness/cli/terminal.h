// What the terminal can show: its width, colours.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "harness/core/text/error.h"
#include "harness/core/text/option_reader.h"
#include "reports/words/report.h"

namespace tracetax {

enum class ColorChoice { automatic, always, never };
[[nodiscard]] Result<ColorChoice> parse_color(std::string_view name);
[[nodiscard]] OptionSpec color_option_spec();

/// --color, then NO_COLOR (set and not empty), then whether stdout is a terminal that is not
/// "dumb".
[[nodiscard]] bool use_color(ColorChoice choice);

/// Columns of the terminal on stdout, or of $COLUMNS; 100 where there is none.
[[nodiscard]] int terminal_width();

/// How a report is best written for stdout.
[[nodiscard]] ReportOptions report_options(ColorChoice color);

}  // namespace tracetax

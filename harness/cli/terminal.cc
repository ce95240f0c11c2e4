// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/terminal.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "harness/core/text/quote.h"
#include "harness/core/text/wrap.h"
#include "scenarios/catalog.h"

namespace tracetax {

Result<ColorChoice> parse_color(std::string_view name) {
  if (name == "auto") return ColorChoice::automatic;
  if (name == "always") return ColorChoice::always;
  if (name == "never") return ColorChoice::never;
  return failure(ExitCode::usage, fmt::format("{} is not auto, always or never", quote(name)));
}

OptionSpec color_option_spec() {
  return {"color", "auto, always or never", one_of("WHEN", {"auto", "always", "never"}, "auto")};
}

bool use_color(ColorChoice choice) {
  if (choice != ColorChoice::automatic) return choice == ColorChoice::always;
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  const char* term = std::getenv("TERM");
  return isatty(STDOUT_FILENO) == 1 && term != nullptr && std::string_view{term} != "dumb";
}

int terminal_width() {
  if (const std::size_t there = terminal_columns(STDOUT_FILENO); there > 0)
    return static_cast<int>(there);
  const char* columns = std::getenv("COLUMNS");
  const int asked = columns == nullptr ? 0 : std::atoi(columns);
  return asked > 0 ? std::clamp(asked, 40, 1000) : 100;
}

ReportOptions report_options(ColorChoice color) {
  ReportOptions options;
  options.width = terminal_width();
  options.color = use_color(color);
  options.describe = describe_scenario;
  return options;
}

}  // namespace tracetax

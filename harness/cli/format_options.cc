// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/format_options.h"

#include <algorithm>

#include "reports/catalog.h"

namespace tracetax {
namespace {

std::vector<FormatOption> options_of(FormatOptionsOf command) {
  std::vector<FormatOption> options;
  for (const ReportFormat& format : report_formats()) {
    for (const FormatOption& option : format.make.options) {
      const bool known =
          std::ranges::find(options, option.name, &FormatOption::name) != options.end();
      const bool shown = command == FormatOptionsOf::report || !option.help_in_run.empty();
      if (!known && shown) options.push_back(option);
    }
  }
  return options;
}

}  // namespace

void declare_format_options(cxxopts::Options& declared, FormatOptionsOf command) {
  for (const FormatOption& option : options_of(command)) {
    declared.add_options("Options")(
        option.name, command == FormatOptionsOf::run ? option.help_in_run : option.help,
        cxxopts::value<std::string>()->default_value(option.fallback));
  }
}

FormatChoices read_format_options(const cxxopts::ParseResult& parsed, FormatOptionsOf command,
                                  OptionMistakes& mistakes) {
  FormatChoices choices;
  for (const FormatOption& option : options_of(command)) {
    const auto value = parsed[option.name].as<std::string>();
    if (Status right = option.check(value); !right)
      mistakes.add("--" + option.name, right.error().message);
    choices[option.name] = value;
  }
  return choices;
}

}  // namespace tracetax

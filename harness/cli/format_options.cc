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

std::vector<OptionSpec> format_option_specs(FormatOptionsOf command) {
  std::vector<OptionSpec> specs;
  for (const FormatOption& option : options_of(command)) {
    specs.push_back(
        {option.name, command == FormatOptionsOf::run ? option.help_in_run : option.help,
         option.words.empty()
             ? one_value(option.shown,
                         option.fallback.empty() ? std::nullopt : std::optional(option.fallback))
             : one_of(option.shown, option.words, option.fallback)});
  }
  return specs;
}

FormatChoices read_format_options(OptionReader& reader, FormatOptionsOf command) {
  FormatChoices choices;
  for (const FormatOption& option : options_of(command)) {
    const std::string& value = reader.text(option.name);
    if (Status right = option.check(value); !right)
      reader.mistake("--" + option.name, right.error().message);
    choices[option.name] = value;
  }
  return choices;
}

}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/option_reader.h"

#include <algorithm>
#include <charconv>

#include "harness/core/text/quote.h"
#include "harness/core/text/suggest.h"

namespace tracetax {
namespace {

std::vector<std::string> option_names(const cxxopts::Options& options) {
  std::vector<std::string> names;
  for (const auto& group : options.groups()) {
    for (const auto& option : options.group_help(group).options) {
      for (const auto& name : option.l) names.push_back("--" + name);
    }
  }
  return names;
}

// cxxopts names the option inside its message; the first argument that is no known option is the
// one.
std::string unknown_option(const cxxopts::Options& options,
                           const std::vector<std::string>& arguments) {
  const auto known = option_names(options);
  for (const std::string& argument : arguments) {
    if (argument.size() < 3 || !argument.starts_with("--")) continue;
    const std::string name = argument.substr(0, argument.find('='));
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const auto nearest = nearest_name(name, known);
    return fmt::format("unknown option {}{}", quote(name),
                       nearest ? fmt::format("; did you mean '{}'?", *nearest) : "; see --help");
  }
  return "";
}

}  // namespace

Result<cxxopts::ParseResult> parse_options(cxxopts::Options& options, int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  try {
    return options.parse(argc, argv);
  } catch (const cxxopts::exceptions::no_such_option& error) {
    const std::string hint = unknown_option(options, arguments);
    return failure(ExitCode::usage,
                   hint.empty() ? std::string{error.what()} + "; see --help" : hint);
  } catch (const cxxopts::exceptions::exception& error) {
    return failure(ExitCode::usage, std::string{error.what()} + "; see --help");
  }
}

void OptionMistakes::add(std::string_view option, std::string_view message) {
  lines_.push_back(fmt::format("{}: {}", option, message));
}

Error OptionMistakes::error() const {
  return {ExitCode::usage, fmt::format("{}", fmt::join(lines_, "\n"))};
}

Result<std::int64_t> parse_whole(std::string_view text, std::int64_t low, std::int64_t high) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < low || value > high) {
    return failure(ExitCode::usage,
                   fmt::format("{} is not a whole number from {} to {}", quote(text), low, high));
  }
  return value;
}

}  // namespace tracetax

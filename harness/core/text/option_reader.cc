// SPDX-License-Identifier: Apache-2.0
#include "harness/core/text/option_reader.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <utility>

// Values that may be given several times (headers, say) hold commas: no splitting.
#define CXXOPTS_VECTOR_DELIMITER '\0'
#include <cxxopts.hpp>

#include "harness/core/text/quote.h"
#include "harness/core/text/suggest.h"
#include "harness/core/text/wrap.h"

namespace tracetax {
namespace {

using Texts = std::vector<std::string>;
using Count = OptionValue::Count;

constexpr const char* kRest = "rest";

cxxopts::Options declare(const CommandLine& line) {
  cxxopts::Options declared(line.program);
  for (const OptionGroup& group : line.groups) {
    auto add = declared.add_options();
    for (const auto& [names, help, value] : group.options) {
      auto form = value.count == Count::none  ? cxxopts::value<bool>()
                  : value.count == Count::one ? cxxopts::value<std::string>()
                                              : cxxopts::value<Texts>();
      if (value.fallback) form = form->default_value(*value.fallback);
      add(names, "", std::move(form));
    }
  }
  auto add = declared.add_options();
  for (const std::string& name : line.positionals) add(name, "", cxxopts::value<std::string>());
  add(kRest, "", cxxopts::value<Texts>());
  Texts positionals = line.positionals;
  positionals.emplace_back(kRest);
  declared.parse_positional(std::move(positionals));
  return declared;
}

// Which of two values was meant nobody knows, and a value passed over in silence may be the one
// that mattered. The same value again changes nothing.
std::string repeated_or_needless_value(const CommandLine& line,
                                       const std::vector<cxxopts::KeyValue>& given) {
  Texts wrong;
  for (const OptionGroup& group : line.groups) {
    for (const OptionSpec& option : group.options) {
      const std::string name = long_name(option);
      std::optional<std::string> before;
      for (const cxxopts::KeyValue& one : given) {
        if (one.key() != name) continue;
        if (option.value.count == Count::none && one.value() != "true") {
          wrong.push_back(fmt::format("--{}: takes no value; leave it out to say no", name));
          break;
        }
        if (option.value.count != Count::one) break;
        if (before && *before != one.value()) {
          wrong.push_back(fmt::format("--{}: stands twice, with {} and {}; it takes one value",
                                      name, quote(*before), quote(one.value())));
          break;
        }
        before = one.value();
      }
    }
  }
  return fmt::format("{}", fmt::join(wrong, "\n"));
}

// cxxopts names the option inside its message; the first argument that is no known option is the
// one.
std::string unknown_option(const CommandLine& line, std::span<const char* const> arguments) {
  Texts known;
  for (const OptionGroup& group : line.groups) {
    for (const OptionSpec& option : group.options) known.push_back("--" + long_name(option));
  }
  for (const std::string_view argument : arguments) {
    if (argument.size() < 3 || !argument.starts_with("--")) continue;
    const std::string_view name = argument.substr(0, argument.find('='));
    if (std::ranges::find(known, name) != known.end()) continue;
    const auto nearest = nearest_name(name, known);
    return fmt::format("unknown option {}{}", quote(name),
                       nearest ? fmt::format("; did you mean '{}'?", *nearest) : "; see --help");
  }
  return "";
}

}  // namespace

OptionValue one_value(std::string shown, std::optional<std::string> fallback) {
  return {Count::one, std::move(shown), std::move(fallback)};
}

OptionValue many_values(std::string shown) { return {Count::many, std::move(shown), {}}; }

OptionValue one_of(std::string shown, std::vector<std::string> words,
                   std::optional<std::string> fallback) {
  return {Count::one, std::move(shown), std::move(fallback), std::move(words)};
}

std::string long_name(const OptionSpec& option) {
  return option.names.substr(option.names.find(',') + 1);
}

std::string name_in_help(const OptionSpec& option) {
  const auto comma = option.names.find(',');
  std::string text = "--" + long_name(option);
  if (comma != std::string::npos) text = "-" + option.names.substr(0, comma) + ", " + text;
  if (option.value.count == Count::none) return text;
  return text + " " + (option.value.shown.empty() ? "VALUE" : option.value.shown);
}

std::string help_text(const CommandLine& line, std::size_t columns) {
  constexpr std::size_t kWidestName = 26, kUsual = 80, kNarrowest = 40, kWidest = 120;
  if (columns == 0) columns = terminal_columns(STDOUT_FILENO);
  columns = columns == 0 ? kUsual : std::clamp(columns, kNarrowest, kWidest);
  std::size_t column = 0;
  for (const OptionGroup& group : line.groups) {
    for (const OptionSpec& option : group.options) {
      const std::size_t width = 2 + name_in_help(option).size();
      if (width <= kWidestName) column = std::max(column, width);
    }
  }
  const std::string indent(column + 2, ' ');
  const std::string usage = fmt::format("Usage: {} [OPTION...] {}", line.program, line.usage);
  std::string text = wrapped(line.purpose, columns, "", "") + wrapped(usage, columns, "", "  ");
  std::string_view title;
  for (const OptionGroup& group : line.groups) {
    if (std::exchange(title, group.title) != group.title) text += group.title + ":\n";
    for (const OptionSpec& option : group.options) {
      const auto& fallback = option.value.fallback;
      text +=
          wrapped(fallback ? fmt::format("{} (default: {})", option.help, *fallback) : option.help,
                  columns, fmt::format("  {:<{}}  ", name_in_help(option), column - 2), indent);
    }
  }
  if (!line.examples.empty()) text += "Examples:\n";
  for (const auto& [typed, what] : line.examples)
    text += fmt::format("  {}\n", typed) + wrapped(what, columns, "      ", "      ");
  return text;
}

Result<OptionReader> OptionReader::parse(const CommandLine& line,
                                         std::span<const char* const> arguments) {
  std::vector<const char*> argv{line.program.c_str()};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  OptionReader reader;
  try {
    const auto parsed = declare(line).parse(static_cast<int>(argv.size()), argv.data());
    const std::string wrong = repeated_or_needless_value(line, parsed.arguments());
    if (!wrong.empty()) return failure(ExitCode::usage, wrong);
    for (const auto& argument : parsed.arguments()) {
      Values& values = reader.values_[argument.key()];
      values.given = true;
      values.texts.push_back(argument.value());
    }
    for (const auto& fallback : parsed.defaults()) {
      reader.values_[fallback.key()].texts = {fallback.value()};
    }
  } catch (const cxxopts::exceptions::no_such_option& error) {
    const std::string hint = unknown_option(line, arguments);
    return failure(ExitCode::usage,
                   hint.empty() ? std::string{error.what()} + "; see --help" : hint);
  } catch (const cxxopts::exceptions::exception& error) {
    return failure(ExitCode::usage, std::string{error.what()} + "; see --help");
  }
  return reader;
}

bool OptionReader::given(std::string_view name) const {
  const auto found = values_.find(name);
  return found != values_.end() && found->second.given;
}

const std::vector<std::string>& OptionReader::texts(std::string_view name) const {
  static const Texts kNone;
  const auto found = values_.find(name);
  return found == values_.end() ? kNone : found->second.texts;
}

const std::string& OptionReader::text(std::string_view name) const {
  static const std::string kNothing;
  const Texts& all = texts(name);
  return all.empty() ? kNothing : all.back();
}

void OptionReader::mistake(std::string_view about, std::string_view message) {
  mistake(fmt::format("{}: {}", about, message));
}

void OptionReader::mistake(std::string_view message) { mistakes_.emplace_back(message); }

std::optional<Error> OptionReader::mistakes() const {
  if (mistakes_.empty()) return std::nullopt;
  return Error{ExitCode::usage, fmt::format("{}", fmt::join(mistakes_, "\n"))};
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

// The options of a command as plain data, their help, and what was given on the command line, with
// the mistakes found in it told together. The library that parses is known to the .cc alone: its
// header takes seconds to compile.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/text/error.h"

namespace tracetax {

/// What follows an option: nothing, so that it is a flag, one value, or one each time it is given.
/// No value is passed over: `many` are all kept, `one` given twice with two values is refused.
struct OptionValue {
  enum class Count { none, one, many };
  Count count = Count::none;
  std::string shown;  // in the help: "DIR"
  std::optional<std::string> fallback;
  std::vector<std::string> words = {};  // all that it can be, where that is a list
};
[[nodiscard]] OptionValue one_value(std::string shown = "",
                                    std::optional<std::string> fallback = std::nullopt);
[[nodiscard]] OptionValue many_values(std::string shown = "");
/// One of `words`, which shells complete.
[[nodiscard]] OptionValue one_of(std::string shown, std::vector<std::string> words,
                                 std::optional<std::string> fallback = std::nullopt);

struct OptionSpec {
  std::string names;  // "out", or "o,out" with a short form
  std::string help;
  OptionValue value = {};
};

/// Neighbours with the same title are one group in the help.
struct OptionGroup {
  std::string title;
  std::vector<OptionSpec> options;
};

struct Example {
  std::string line;  // as it is typed
  std::string what;
};

struct CommandLine {
  std::string program, purpose;
  std::string usage = {};  // what the usage line shows beside the options: "SUITE"
  /// A value each, read like an option of this name; further ones are read as "rest".
  std::vector<std::string> positionals = {};
  std::vector<OptionGroup> groups;
  std::vector<Example> examples = {};
};

/// As wide as the terminal on stdout, and 80 columns where there is none; `columns` says otherwise.
[[nodiscard]] std::string help_text(const CommandLine& line, std::size_t columns = 0);
/// "out" of "o,out".
[[nodiscard]] std::string long_name(const OptionSpec& option);
/// "-o, --out DIR".
[[nodiscard]] std::string name_in_help(const OptionSpec& option);

class OptionReader {
 public:
  /// `arguments` without the program's name. Errors: unknown options (with the nearest known one),
  /// missing values, a second value where there may be one, a value where there may be none.
  [[nodiscard]] static Result<OptionReader> parse(const CommandLine& line,
                                                  std::span<const char* const> arguments);

  [[nodiscard]] bool given(std::string_view name) const;
  /// The value, or the fallback, or nothing.
  [[nodiscard]] const std::string& text(std::string_view name) const;
  /// Its values in their order.
  [[nodiscard]] const std::vector<std::string>& texts(std::string_view name) const;

  /// Puts what `parse` makes of the value into `place`, which stays as it is where there is no
  /// value or a wrong one, which is noted.
  template <typename T, typename Parse>
  void read(std::string_view name, T& place, const Parse& parse) {
    if (!texts(name).empty()) put(name, place, parse(text(name)));
  }

  /// The same of an option that takes a list and may be given several times: of all its values,
  /// with commas between them.
  template <typename T, typename Parse>
  void read_list(std::string_view name, T& place, const Parse& parse) {
    if (!texts(name).empty())
      put(name, place, parse(fmt::format("{}", fmt::join(texts(name), ","))));
  }

  /// The value, or `fallback` where there is none, which is noted.
  template <typename T>
  T take(std::string_view about, Result<T> value, T fallback = {}) {
    if (value) return std::move(*value);
    mistake(about, value.error().message);
    return fallback;
  }

  /// Notes a mistake, with the option that it is about: "--rate", or "SUITE".
  void mistake(std::string_view about, std::string_view message);
  void mistake(std::string_view message);
  /// All that were noted, a line each.
  [[nodiscard]] std::optional<Error> mistakes() const;

 private:
  template <typename T, typename Read>
  void put(std::string_view name, T& place, Read value) {
    if (value) {
      place = std::move(*value);
    } else {
      mistake(fmt::format("--{}", name), value.error().message);
    }
  }

  struct Values {
    bool given = false;
    std::vector<std::string> texts;
  };
  std::map<std::string, Values, std::less<>> values_;
  std::vector<std::string> mistakes_;
};

/// What was asked of a command, as `read` finds it; nothing if that was --help, which is printed
/// then. All mistakes are told at once.
template <typename Options>
[[nodiscard]] Result<std::optional<Options>> parse_options(const CommandLine& line, int argc,
                                                           const char* const* argv,
                                                           Options (*read)(OptionReader&)) {
  auto reader = OptionReader::parse(line, {argv + 1, static_cast<std::size_t>(argc - 1)});
  if (!reader) return failure(reader.error());
  if (reader->given("help")) {
    fmt::print("{}", help_text(line));
    return std::nullopt;
  }
  Options options = read(*reader);
  if (const auto wrong = reader->mistakes()) return failure(*wrong);
  return options;
}

/// A whole number within [low, high].
[[nodiscard]] Result<std::int64_t> parse_whole(std::string_view text, std::int64_t low,
                                               std::int64_t high);
/// The same as what `read` takes.
template <typename T>
auto whole(T low, T high) {
  return [low, high](std::string_view text) {
    return parse_whole(text, static_cast<std::int64_t>(low), static_cast<std::int64_t>(high))
        .map([](std::int64_t value) { return static_cast<T>(value); });
  };
}

}  // namespace tracetax

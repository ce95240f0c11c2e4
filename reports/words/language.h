// The languages that the framework tables speak. Names of targets, arms and metrics, and whatever a
// program or a suite wrote, stay as they are.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/core/text/error.h"
#include "harness/core/text/suggest.h"

namespace tracetax {

enum class Language { english, chinese };
[[nodiscard]] constexpr std::string_view name_of(Language language) {
  return language == Language::chinese ? "zh" : "en";
}
/// "en" or "zh"; else a usage error.
[[nodiscard]] inline Result<Language> parse_language(std::string_view name) {
  for (const Language language : {Language::english, Language::chinese}) {
    if (name == name_of(language)) return language;
  }
  return failure(ExitCode::usage,
                 unknown_name("language", name, std::vector<std::string>{"en", "zh"}));
}

/// The one of two texts that fits.
[[nodiscard]] constexpr std::string_view pick(Language language, std::string_view english,
                                              std::string_view chinese) {
  return language == Language::chinese ? chinese : english;
}

/// The same, as formats of the same values.
template <typename... Values>
[[nodiscard]] std::string say(Language language, fmt::format_string<Values...> english,
                              fmt::format_string<Values...> chinese, Values&&... values) {
  return fmt::format(language == Language::chinese ? chinese : english,
                     std::forward<Values>(values)...);
}

}  // namespace tracetax

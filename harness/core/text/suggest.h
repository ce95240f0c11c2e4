// "did you mean": the nearest known name to a mistyped one.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tracetax {

/// The known name with the least Damerau-Levenshtein distance to `name`, if that distance is at
/// most a third of the longer name (at least 1). Ties go to the first.
[[nodiscard]] std::optional<std::string> nearest_name(std::string_view name,
                                                      std::span<const std::string> known);

/// "unknown arm 'of'; did you mean 'off'? known: off, on@1%". `what` is the noun.
/// All known names are compared; at most 30 are listed.
[[nodiscard]] std::string unknown_name(std::string_view what, std::string_view name,
                                       std::span<const std::string> known);

}  // namespace tracetax

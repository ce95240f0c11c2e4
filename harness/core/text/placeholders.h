// {port}, {port.db}, {dir} and the like: names in braces, in texts that users write for programs.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tracetax {

/// What stands for what: "port.db" -> "40001".
using Placeholders = std::map<std::string, std::string, std::less<>>;

/// `text` with every {name} replaced whose name is known. All other braces stay, for JSON and
/// shells have them too, and so does ${name}, which is a variable of theirs.
[[nodiscard]] std::string filled(std::string_view text, const Placeholders& values);

/// Names in braces in `text` that are clearly meant as placeholders and are none of `known`:
/// {prot}, {port.bd}. Each once.
[[nodiscard]] std::vector<std::string> misspelt_placeholders(std::string_view text,
                                                             std::span<const std::string> known);

}  // namespace tracetax

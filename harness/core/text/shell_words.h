// A command line in one text, as words: blanks separate, quotes and backslashes keep together. No
// shell runs and nothing is expanded.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/text/error.h"

namespace tracetax {

/// As POSIX sh splits a simple command, without expansions. Error (usage): a quote that does not
/// end, or no word at all.
[[nodiscard]] Result<std::vector<std::string>> shell_words(std::string_view command);

}  // namespace tracetax

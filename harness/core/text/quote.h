// User input inside a message: in quotes, control characters escaped, cut when long. Messages go to
// terminals and logs, and what a file or an argument holds must not be able to steer those.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tracetax {

/// The text with control characters and invalid UTF-8 as \xNN, cut with "..." after about `longest`
/// bytes of output.
[[nodiscard]] std::string printable(std::string_view text, std::size_t longest);
/// The same in single quotes, cut after about 60 bytes; names and passwords in URLs are not shown.
[[nodiscard]] std::string quote(std::string_view text);

}  // namespace tracetax

// The end of a program's output, fit for one message.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tracetax {

/// Why the program gave up, where its output says so: the exception of the last traceback of
/// Python, or the last line that is an error as Java, Node, Go and PostgreSQL write it. Else the
/// last lines, joined by " | ". At most about `bytes`, control characters as blanks; "nothing" if
/// there are none.
[[nodiscard]] std::string last_words(std::string_view output, std::size_t bytes = 300);

}  // namespace tracetax

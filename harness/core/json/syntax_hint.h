// What is wrong with a text that is no JSON, in the words of who wrote it: YAML, a comma too many
// or too few. Parsers say which token they did not expect, which is where the mistake shows and not
// where it is.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tracetax {

struct SyntaxHint {
  std::string message;
  int line = 1;  // where something is to be changed
};

/// `read`: the bytes of `text` that the parser had read when it gave up; `said`: its message, which
/// tells a key from a value. Nothing where it is none of the usual mistakes.
[[nodiscard]] std::optional<SyntaxHint> explain_syntax(std::string_view text, std::size_t read,
                                                       std::string_view said);

}  // namespace tracetax

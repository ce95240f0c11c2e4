// Texts of a request in which ${...} stands for a value: ${id} of a row of data, ${env:TOKEN} of
// the environment, ${file:token.txt} for what a file holds. $${ is a plain ${.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/text/error.h"
#include "scenarios/http/data_rows.h"

namespace tracetax {

/// How a value is written where it stands.
enum class Escape {
  none,
  path,  // %XX but for letters, digits and - . _ ~
  json   // as inside the quotes of a JSON text
};

/// Where values come from.
struct ValueSources {
  std::string folder;              // where relative paths of files begin
  const DataRows* data = nullptr;  // null: there is none
};

/// A text taken apart. Of environment and files the values stand in it already.
struct ValueText {
  struct Piece {
    std::string text;
    std::optional<std::size_t> field;  // behind the text; of the data
  };
  std::string written;
  std::vector<Piece> pieces;
  Escape escape = Escape::none;

  [[nodiscard]] bool takes_data() const;
  [[nodiscard]] bool empty() const;
  /// The text, with the values of `row`. Error (usage) with file and line: the row has none.
  [[nodiscard]] Result<std::string> filled(const DataRows* data, const DataRow* row) const;
};

/// Errors (usage): a name that nothing stands for, a variable that is not set, a file that cannot
/// be read, a brace that is not closed. No value is ever told, for it may be a secret.
[[nodiscard]] Result<ValueText> parse_value_text(std::string_view text, const ValueSources& sources,
                                                 Escape escape);

}  // namespace tracetax

// Rows of a CSV or JSON lines file that requests take their values from.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/text/error.h"

namespace tracetax {

struct DataRow {
  std::size_t line = 0;                            // of the file, from 1
  std::vector<std::optional<std::string>> values;  // of the fields; none: this row has none
};

struct DataRows {
  std::string file;  // as errors name it
  std::vector<std::string> fields;
  std::vector<DataRow> rows;

  /// Which of the fields is called so. Error (usage): none, with the nearest and all that are.
  [[nodiscard]] Result<std::size_t> field(std::string_view name) const;
};

/// JSON lines if it begins with "{": one object a line, whose values are texts, numbers, truth
/// values or null; anything else inside is taken as its JSON. Otherwise CSV as RFC 4180 has it: the
/// first line names the fields, commas part them, what is in double quotes may hold anything. Empty
/// lines are passed over. Errors (usage) name `file` and the line: no rows, a row with more or
/// fewer values than fields, a quote that is not closed, a line that is no object.
[[nodiscard]] Result<DataRows> parse_data_rows(std::string_view text, std::string file);

}  // namespace tracetax

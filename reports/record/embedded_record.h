// result.json inside of an HTML page: compressed, as text that no browser runs. So a report can be
// given back to any command that reads a result.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "harness/core/text/error.h"

namespace tracetax {

/// The element: gzip, base64, one line. Nothing of the record can end it early.
[[nodiscard]] std::string embedded_record(std::string_view json);

/// Whether this is a page and no record: it begins with "<".
[[nodiscard]] bool is_page(std::string_view text);
/// The text of result.json again. Errors say what is wrong with `file_name`: no record in it,
/// damaged, too large; the code is ExitCode::baseline.
[[nodiscard]] Result<std::string> record_in_page(std::string_view page, std::string_view file_name);

}  // namespace tracetax

// Whole files in and out, with the system's reason in the error.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "harness/core/text/error.h"

namespace tracetax {

/// The bytes of a regular file (or pipe) of at most `limit` bytes. Usage error otherwise.
[[nodiscard]] Result<std::string> read_file(const std::string& path, std::size_t limit);

/// Writes a whole file by way of a temporary one beside it, so that it is never seen half written,
/// not even after a crash in between. When this returns, it has reached the disk.
[[nodiscard]] Status write_file(const std::string& path, std::string_view content);

}  // namespace tracetax

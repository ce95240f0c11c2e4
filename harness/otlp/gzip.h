// Undoes Content-Encoding: gzip, with a bound on what comes out. Decompression only.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "harness/core/text/error.h"

namespace tracetax {

/// The data in one or more gzip members. Error if it is cut off, damaged, followed by anything
/// else, or longer than `limit_bytes` when unpacked; never more than about that much memory is
/// used.
[[nodiscard]] Result<std::string> gunzip(std::string_view packed, std::size_t limit_bytes);

}  // namespace tracetax

// gzip of one body undone, within a limit.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tracetax {

enum class GunzipOutcome { done, malformed, too_large };

/// Replaces `out`, which never grows beyond `most` bytes. Members one after another count as one.
[[nodiscard]] GunzipOutcome gunzip(std::string_view bytes, std::size_t most, std::string& out);

}  // namespace tracetax

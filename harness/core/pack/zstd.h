// zstd frames, made at once and undone within a bound.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "harness/core/gzip/gzip.h"

namespace tracetax {

inline constexpr int kZstdLevel = 3;  // zstd's own default, which is also Go's

/// The data of one or more frames, at most `limit_bytes`. A frame that wants a window of more than
/// 64 MiB is refused, so never more than about that much memory is used beside the data.
[[nodiscard]] tl::expected<std::string, UnpackError> unpack_zstd(std::string_view packed,
                                                                 std::size_t limit_bytes);

/// One frame that tells its size. Throws std::bad_alloc only.
[[nodiscard]] std::string pack_zstd(std::string_view bytes, int level = kZstdLevel);

}  // namespace tracetax

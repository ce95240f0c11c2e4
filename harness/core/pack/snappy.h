// snappy in both of its forms: one block, and the stream of framed blocks ("x-snappy-framed"). The
// OpenTelemetry Collector calls either of them "snappy", by its version and by the protocol.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "harness/core/gzip/gzip.h"

namespace tracetax {

/// The data of a block or of a stream, told apart by the stream's identifier; at most
/// `limit_bytes`. The checksums of a stream are checked.
[[nodiscard]] tl::expected<std::string, UnpackError> unpack_snappy(std::string_view packed,
                                                                   std::size_t limit_bytes);

/// One block.
[[nodiscard]] std::string pack_snappy_block(std::string_view bytes);
/// A stream, of blocks of 64 KiB.
[[nodiscard]] std::string pack_snappy_stream(std::string_view bytes);

}  // namespace tracetax

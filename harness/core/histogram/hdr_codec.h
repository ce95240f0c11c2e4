// HdrHistogram V2 encoding (zig-zag LEB128 counts with zero runs), plain and zlib-compressed, and
// its base64 text: what HdrHistogram's Java, C, Go, ... libraries read and write. Format:
// HdrHistogram's Histogram.encodeIntoCompressedByteBuffer; cookies 0x1c849303 (V2) and 0x1c849304
// (V2 compressed), both with the word-size bit 0x10 where the format has it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/histogram/histogram.h"
#include "harness/core/text/error.h"

namespace tracetax {

/// V2 compressed bytes. Never fails.
[[nodiscard]] std::vector<std::uint8_t> encode_compressed(const Histogram& histogram);
/// The same in base64 (RFC 4648 with padding): the form in interval logs and in result.json.
[[nodiscard]] std::string encode_base64(const Histogram& histogram);

/// Reads V2 and V2 compressed; anything else is an error. Never crashes. Never allocates more than
/// a histogram of 1 ns to 1 h with 5 digits, and 64 MiB of inflated payload.
[[nodiscard]] Result<Histogram> decode_compressed(std::span<const std::uint8_t> bytes);
[[nodiscard]] Result<Histogram> decode_base64(std::string_view text);

}  // namespace tracetax

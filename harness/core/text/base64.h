// Base64 of RFC 4648 (standard alphabet, padded), strict in reading: one text for one byte string.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tracetax {

[[nodiscard]] std::string to_base64(std::span<const std::uint8_t> bytes);

/// Nothing if the text has a foreign character (white space too), wrong padding or stray bits.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text);

}  // namespace tracetax

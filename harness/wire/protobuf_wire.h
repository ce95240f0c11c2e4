// The protobuf wire format as far as writing needs it: tags, varints, fixed numbers, lengths. What
// takes whole fields is protobuf_fields.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tracetax::wire {

enum class Type : std::uint32_t {
  varint = 0,
  fixed64 = 1,
  bytes = 2,
  group_start = 3,
  group_end = 4,
  fixed32 = 5
};

inline void append_varint(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out += static_cast<char>(static_cast<std::uint8_t>(value) | 0x80U);
    value >>= 7;
  }
  out += static_cast<char>(value);
}

inline void append_tag(std::string& out, int field_number, Type type) {
  append_varint(out,
                static_cast<std::uint64_t>(field_number) << 3 | static_cast<std::uint64_t>(type));
}

inline void append_bytes(std::string& out, std::string_view bytes) {
  append_varint(out, bytes.size());
  out += bytes;
}

/// The lowest `size` bytes of the value, little-endian.
inline void append_fixed(std::string& out, std::uint64_t value, int size) {
  for (int i = 0; i < size; ++i)
    out += static_cast<char>(static_cast<std::uint8_t>(value >> (8 * i)));
}

/// Signed numbers of small magnitude as small unsigned ones.
[[nodiscard]] inline std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}

}  // namespace tracetax::wire

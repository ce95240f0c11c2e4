// Bytes in and out in network order: the floor on which the codecs of this folder stand. Knows no
// protocol.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tracetax {

/// Writes `value` over the sizeof(T) bytes at `to`.
template <std::unsigned_integral T>
constexpr void store_big_endian(T value, char* to) noexcept {
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    to[i] = static_cast<char>(static_cast<std::uint8_t>(value >> (8 * (sizeof(T) - 1 - i))));
  }
}

/// The value of the sizeof(T) bytes at `from`.
template <std::unsigned_integral T>
[[nodiscard]] constexpr T load_big_endian(const char* from) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i)
    value = value << 8 | static_cast<std::uint8_t>(from[i]);
  return static_cast<T>(value);
}

template <std::unsigned_integral T>
void append_big_endian(T value, std::string& out) {
  char bytes[sizeof(T)];
  store_big_endian(value, bytes);
  out.append(bytes, sizeof(T));
}

/// Reads from the front of bytes that it does not own, never past their end. A read that asks for
/// more than there is returns false and takes nothing.
class ByteReader {
 public:
  explicit constexpr ByteReader(std::string_view bytes) noexcept : rest_(bytes) {}

  template <std::unsigned_integral T>
  [[nodiscard]] constexpr bool read(T& value) noexcept {
    if (rest_.size() < sizeof(T)) return false;
    value = load_big_endian<T>(rest_.data());
    rest_.remove_prefix(sizeof(T));
    return true;
  }
  [[nodiscard]] constexpr bool read(std::size_t size, std::string_view& bytes) noexcept {
    if (rest_.size() < size) return false;
    bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return true;
  }
  [[nodiscard]] constexpr bool skip(std::size_t size) noexcept {
    std::string_view skipped;
    return read(size, skipped);
  }
  /// What is left.
  [[nodiscard]] constexpr std::string_view rest() const noexcept { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace tracetax

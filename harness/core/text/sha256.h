// SHA-256 (FIPS 180-4), for naming inputs: suites, binaries, machine fingerprints. Nothing secret
// goes through it. Own code and not libcrypto: sixty lines against a shared library of 4 MiB that
// every user would have to install for a name.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tracetax {

/// Feed it in pieces of any size, then ask once.
class Sha256 {
 public:
  void update(std::string_view bytes) noexcept;
  /// 64 lower-case hex digits of all that was fed. The object is used up afterwards.
  [[nodiscard]] std::string finish();

 private:
  void compress(const std::uint8_t* block) noexcept;

  std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::uint8_t, 64> pending_{};
  std::uint64_t length_ = 0;  // bytes fed so far
};

[[nodiscard]] std::string sha256_hex(std::string_view bytes);

}  // namespace tracetax

// Whether bytes can be a protobuf message at all: tags, lengths and their ends, however the bytes
// were cut. Knows no schema. https://protobuf.dev/programming-guides/encoding
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace tracetax {

/// Keeps no bytes, allocates nothing.
class ProtobufShape {
 public:
  /// Takes all of `bytes`; false: no message has them.
  [[nodiscard]] bool take(std::string_view bytes) noexcept;
  /// Whether the message may end here.
  [[nodiscard]] bool whole() const noexcept {
    return awaits_ == Awaits::tag && number_size_ == 0 && skip_ == 0 && depth_ == 0;
  }

 private:
  enum class Awaits : std::uint8_t { tag, value, length };
  [[nodiscard]] bool take_number() noexcept;

  Awaits awaits_ = Awaits::tag;
  std::uint8_t number_size_ = 0;  // bytes of the number so far
  std::uint8_t depth_ = 0;        // of groups
  std::uint64_t number_ = 0;
  std::uint64_t skip_ = 0;  // bytes of a value
};

}  // namespace tracetax

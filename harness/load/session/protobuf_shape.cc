// SPDX-License-Identifier: Apache-2.0
#include "harness/load/session/protobuf_shape.h"

#include <algorithm>

namespace tracetax {
namespace {

constexpr std::uint8_t kNumberSizeMax = 10;
constexpr std::uint8_t kDepthMax = 100;  // as protobuf's own readers

}  // namespace

bool ProtobufShape::take(std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    if (skip_ > 0) {
      const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(skip_, bytes.size()));
      bytes.remove_prefix(part);
      skip_ -= part;
      continue;
    }
    const auto byte = static_cast<std::uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    if (number_size_ == kNumberSizeMax) return false;
    number_ |= static_cast<std::uint64_t>(byte & 0x7F) << 7 * number_size_;
    ++number_size_;
    if ((byte & 0x80) != 0) continue;
    if (!take_number()) return false;
    number_ = number_size_ = 0;
  }
  return true;
}

bool ProtobufShape::take_number() noexcept {
  switch (awaits_) {
    case Awaits::value:
      awaits_ = Awaits::tag;
      return true;
    case Awaits::length:
      awaits_ = Awaits::tag;
      skip_ = number_;
      return number_ <= INT32_MAX;
    case Awaits::tag:
      break;
  }
  if (number_ > UINT32_MAX || number_ >> 3 == 0) return false;
  switch (number_ & 7) {
    case 0:
      awaits_ = Awaits::value;
      return true;
    case 1:
      skip_ = 8;
      return true;
    case 2:
      awaits_ = Awaits::length;
      return true;
    case 3:
      return ++depth_ <= kDepthMax;
    case 4:
      return depth_-- > 0;
    case 5:
      skip_ = 4;
      return true;
    default:
      return false;
  }
}

}  // namespace tracetax

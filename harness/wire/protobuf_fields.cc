// SPDX-License-Identifier: Apache-2.0
#include "harness/wire/protobuf_fields.h"

#include "harness/wire/protobuf_wire.h"

namespace tracetax {
namespace {

constexpr unsigned kTypeBits = 3;
constexpr std::uint64_t kNumberMax = (1U << 29) - 1;

}  // namespace

void append_protobuf_integer(std::uint32_t field, std::int64_t value, std::string& out) {
  if (value == 0) return;
  wire::append_tag(out, static_cast<int>(field), wire::Type::varint);
  wire::append_varint(out, static_cast<std::uint64_t>(value));
}

void append_protobuf_text(std::uint32_t field, std::string_view value, std::string& out) {
  if (value.empty()) return;
  wire::append_tag(out, static_cast<int>(field), wire::Type::bytes);
  wire::append_bytes(out, value);
}

bool ProtobufReader::varint(std::uint64_t& value) noexcept {
  value = 0;
  for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
    const auto byte = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    if (shift == 63 && byte > 1) return false;  // more than 64 bits
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

bool ProtobufReader::next(ProtobufField& field) noexcept {
  const std::string_view from = rest_;
  std::uint64_t tag = 0;
  if (!varint(tag)) return false;
  const std::uint64_t number = tag >> kTypeBits;
  if (number == 0 || number > kNumberMax) return false;
  field = {};
  field.number = static_cast<std::uint32_t>(number);
  std::uint64_t size = 0;
  switch (wire::Type{static_cast<std::uint32_t>(tag & ((1U << kTypeBits) - 1))}) {
    case wire::Type::varint:
      field.is_integer = true;
      if (!varint(field.integer)) return false;
      break;
    case wire::Type::fixed64:
      size = 8;
      break;
    case wire::Type::fixed32:
      size = 4;
      break;
    case wire::Type::bytes:
      field.is_text = true;
      if (!varint(size)) return false;
      break;
    default:
      return false;
  }
  if (size > rest_.size()) return false;
  if (field.is_text) field.text = rest_.substr(0, size);
  rest_.remove_prefix(size);
  field.raw = from.substr(0, from.size() - rest_.size());
  return true;
}

}  // namespace tracetax

// SPDX-License-Identifier: Apache-2.0
#include "harness/wire/thrift_binary.h"

#include <bit>

namespace tracetax {
namespace {

constexpr std::uint32_t kVersion1 = 0x8001'0000;
constexpr std::uint32_t kVersionMask = 0xffff'0000;
constexpr std::uint32_t kThriftTypeMask =
    0xff;  // the byte between is nobody's, and ignored as the libraries do
constexpr std::int16_t kThriftExceptionMessage = 1, kExceptionType = 2;

// The least bytes that a value takes; 0: no such type. A struct is at least its stop.
std::size_t smallest(ThriftType type) noexcept {
  switch (type) {
    case ThriftType::boolean:
    case ThriftType::i8:
    case ThriftType::structure:
      return 1;
    case ThriftType::i16:
      return 2;
    case ThriftType::i32:
    case ThriftType::text:
      return 4;
    case ThriftType::set:
    case ThriftType::list:
      return 5;
    case ThriftType::map:
      return 6;
    case ThriftType::f64:
    case ThriftType::i64:
      return 8;
    case ThriftType::stop:
      return 0;
  }
  return 0;
}

}  // namespace

std::size_t ThriftWriter::message(const ThriftMessage& message) {
  append_big_endian(kVersion1 | static_cast<std::uint32_t>(message.type), out_);
  text(message.name);
  const std::size_t at = out_.size();
  i32(message.sequence);
  return at;
}

void ThriftWriter::field(ThriftType type, std::int16_t id) {
  out_.push_back(static_cast<char>(type));
  i16(id);
}

void ThriftWriter::f64(double value) {
  append_big_endian(std::bit_cast<std::uint64_t>(value), out_);
}

void ThriftWriter::text(std::string_view value) {
  append_big_endian(static_cast<std::uint32_t>(value.size()), out_);
  out_.append(value);
}

void ThriftWriter::list(ThriftType element, std::int32_t size) {
  out_.push_back(static_cast<char>(element));
  i32(size);
}

void ThriftWriter::map(ThriftType key, ThriftType value, std::int32_t size) {
  out_.push_back(static_cast<char>(key));
  list(value, size);
}

void ThriftWriter::exception(const ThriftException& exception) {
  field(ThriftType::text, kThriftExceptionMessage);
  text(exception.message);
  field(ThriftType::i32, kExceptionType);
  i32(exception.code);
  stop();
}

bool ThriftReader::message(ThriftMessage& message) noexcept {
  std::uint32_t head = 0;
  if (!in_.read(head) || (head & kVersionMask) != kVersion1) return false;
  const std::uint32_t type = head & kThriftTypeMask;
  if (type < 1 || type > 4) return false;
  message.type = static_cast<ThriftMessageType>(type);
  return text(message.name) && message.name.size() <= kThriftNameMax && i32(message.sequence);
}

bool ThriftReader::type(ThriftType& type) noexcept {
  std::uint8_t byte = 0;
  if (!in_.read(byte)) return false;
  type = static_cast<ThriftType>(byte);
  return true;
}

bool ThriftReader::field(ThriftField& field) noexcept {
  field.id = 0;
  if (!type(field.type)) return false;
  if (field.type == ThriftType::stop) return true;
  return smallest(field.type) != 0 && i16(field.id);
}

bool ThriftReader::boolean(bool& value) noexcept {
  std::uint8_t byte = 0;
  if (!in_.read(byte)) return false;
  value = byte != 0;
  return true;
}

bool ThriftReader::f64(double& value) noexcept {
  std::uint64_t bits = 0;
  if (!in_.read(bits)) return false;
  value = std::bit_cast<double>(bits);
  return true;
}

bool ThriftReader::text(std::string_view& value) noexcept {
  std::int32_t size = 0;
  return i32(size) && size >= 0 && in_.read(static_cast<std::size_t>(size), value);
}

bool ThriftReader::list(ThriftType& element, std::int32_t& size) noexcept {
  if (!type(element) || !i32(size) || size < 0) return false;
  // An empty one may name any type: some writers leave it 0.
  if (size == 0) return true;
  const std::size_t least = smallest(element);
  return least != 0 && static_cast<std::size_t>(size) <= in_.rest().size() / least;
}

bool ThriftReader::map(ThriftType& key, ThriftType& value, std::int32_t& size) noexcept {
  if (!type(key) || !type(value) || !i32(size) || size < 0) return false;
  if (size == 0) return true;
  const std::size_t of_key = smallest(key), of_value = smallest(value);
  return of_key != 0 && of_value != 0 &&
         static_cast<std::size_t>(size) <= in_.rest().size() / (of_key + of_value);
}

bool ThriftReader::skip(ThriftType type, int depth_left) noexcept {
  if (depth_left == 0) return false;
  switch (type) {
    case ThriftType::boolean:
    case ThriftType::i8:
    case ThriftType::i16:
    case ThriftType::i32:
    case ThriftType::i64:
    case ThriftType::f64:
      return in_.skip(smallest(type));
    case ThriftType::text: {
      std::string_view passed;
      return text(passed);
    }
    case ThriftType::structure: {
      ThriftField inner;
      while (field(inner)) {
        if (inner.type == ThriftType::stop) return true;
        if (!skip(inner.type, depth_left - 1)) return false;
      }
      return false;
    }
    case ThriftType::set:
    case ThriftType::list: {
      ThriftType element{};
      std::int32_t size = 0;
      if (!list(element, size)) return false;
      for (; size > 0; --size) {
        if (!skip(element, depth_left - 1)) return false;
      }
      return true;
    }
    case ThriftType::map: {
      ThriftType key{}, value{};
      std::int32_t size = 0;
      if (!map(key, value, size)) return false;
      for (; size > 0; --size) {
        if (!skip(key, depth_left - 1) || !skip(value, depth_left - 1)) return false;
      }
      return true;
    }
    case ThriftType::stop:
      return false;
  }
  return false;
}

bool ThriftReader::exception(ThriftException& exception) noexcept {
  exception = {};
  ThriftField field;
  while (this->field(field)) {
    if (field.type == ThriftType::stop) return true;
    bool taken = false;
    if (field == ThriftField{ThriftType::text, kThriftExceptionMessage}) {
      taken = text(exception.message);
    } else if (field == ThriftField{ThriftType::i32, kExceptionType}) {
      taken = i32(exception.code);
    } else {
      taken = skip(field.type);
    }
    if (!taken) return false;
  }
  return false;
}

}  // namespace tracetax

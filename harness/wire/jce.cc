// SPDX-License-Identifier: Apache-2.0
#include "harness/wire/jce.h"

#include <bit>
#include <limits>

namespace tracetax {
namespace {

constexpr std::uint8_t kLongTag = 15;
constexpr unsigned kTagShift = 4;
constexpr std::uint8_t kTypeMask = 0x0f;
constexpr std::size_t kText1Max = 255;

template <typename T>
bool fits(std::int64_t value) noexcept {
  return value >= std::numeric_limits<T>::min() && value <= std::numeric_limits<T>::max();
}

}  // namespace

void JceWriter::head(std::uint8_t tag, JceType type) {
  const auto low = static_cast<std::uint8_t>(type);
  if (tag < kLongTag) {
    out_.push_back(static_cast<char>(tag << kTagShift | low));
  } else {
    out_.push_back(static_cast<char>(kLongTag << kTagShift | low));
    out_.push_back(static_cast<char>(tag));
  }
}

void JceWriter::integer(std::uint8_t tag, std::int64_t value) {
  if (value == 0) return head(tag, JceType::zero);
  if (fits<std::int8_t>(value)) {
    head(tag, JceType::i8);
    out_.push_back(static_cast<char>(value));
  } else if (fits<std::int16_t>(value)) {
    head(tag, JceType::i16);
    append_big_endian(static_cast<std::uint16_t>(value), out_);
  } else if (fits<std::int32_t>(value)) {
    head(tag, JceType::i32);
    append_big_endian(static_cast<std::uint32_t>(value), out_);
  } else {
    head(tag, JceType::i64);
    append_big_endian(static_cast<std::uint64_t>(value), out_);
  }
}

std::size_t JceWriter::fixed_i32(std::uint8_t tag, std::int32_t value) {
  head(tag, JceType::i32);
  const std::size_t at = out_.size();
  append_big_endian(static_cast<std::uint32_t>(value), out_);
  return at;
}

void JceWriter::f64(std::uint8_t tag, double value) {
  head(tag, JceType::f64);
  append_big_endian(std::bit_cast<std::uint64_t>(value), out_);
}

std::size_t JceWriter::text(std::uint8_t tag, std::string_view value) {
  if (value.size() <= kText1Max) {
    head(tag, JceType::text1);
    out_.push_back(static_cast<char>(value.size()));
  } else {
    head(tag, JceType::text4);
    append_big_endian(static_cast<std::uint32_t>(value.size()), out_);
  }
  const std::size_t at = out_.size();
  out_.append(value);
  return at;
}

void JceWriter::bytes(std::uint8_t tag, std::string_view value) {
  head(tag, JceType::bytes);
  head(0, JceType::i8);
  integer(0, static_cast<std::int64_t>(value.size()));
  out_.append(value);
}

void JceWriter::container(std::uint8_t tag, JceType type, std::size_t size) {
  head(tag, type);
  integer(0, static_cast<std::int64_t>(size));
}

bool JceReader::read_head(JceHead& head) noexcept {
  std::uint8_t byte = 0;
  if (!in_.read(byte)) return false;
  head.type = static_cast<JceType>(byte & kTypeMask);
  head.tag = byte >> kTagShift;
  return head.tag != kLongTag || in_.read(head.tag);
}

// Leaves the reader behind the head of `tag`; before the next head if that is of a later tag or
// ends the struct.
bool JceReader::find(std::uint8_t tag, JceType& type) noexcept {
  while (!at_fault_ && !in_.rest().empty()) {
    const ByteReader before = in_;
    JceHead head;
    if (!read_head(head)) return fail();
    if (head.type == JceType::struct_end || head.tag > tag) {
      in_ = before;
      return false;
    }
    if (head.tag == tag) {
      type = head.type;
      return true;
    }
    if (!skip(head.type, kJceDepthMax)) return fail();
  }
  return false;
}

bool JceReader::integer_of(JceType type, std::int64_t& value) noexcept {
  std::uint8_t b = 0;
  std::uint16_t s = 0;
  std::uint32_t i = 0;
  std::uint64_t l = 0;
  switch (type) {
    case JceType::zero:
      value = 0;
      return true;
    case JceType::i8:
      if (!in_.read(b)) return false;
      value = static_cast<std::int8_t>(b);
      return true;
    case JceType::i16:
      if (!in_.read(s)) return false;
      value = static_cast<std::int16_t>(s);
      return true;
    case JceType::i32:
      if (!in_.read(i)) return false;
      value = static_cast<std::int32_t>(i);
      return true;
    case JceType::i64:
      if (!in_.read(l)) return false;
      value = static_cast<std::int64_t>(l);
      return true;
    default:
      return false;
  }
}

bool JceReader::integer64(std::uint8_t tag, std::int64_t& value) noexcept {
  JceType type{};
  return find(tag, type) && (integer_of(type, value) || fail());
}

// The length of a container or of bytes: a field of tag 0. No longer than what is left.
bool JceReader::size_of(std::size_t& size) noexcept {
  JceHead head;
  std::int64_t value = 0;
  if (!read_head(head) || head.tag != 0 || !integer_of(head.type, value) || value < 0) return false;
  size = static_cast<std::size_t>(value);
  return size <= in_.rest().size();
}

bool JceReader::f64(std::uint8_t tag, double& value) noexcept {
  JceType type{};
  if (!find(tag, type)) return false;
  std::uint64_t bits = 0;
  std::uint32_t half = 0;
  switch (type) {
    case JceType::zero:
      value = 0;
      return true;
    case JceType::f32:
      if (!in_.read(half)) return fail();
      value = static_cast<double>(std::bit_cast<float>(half));
      return true;
    case JceType::f64:
      if (!in_.read(bits)) return fail();
      value = std::bit_cast<double>(bits);
      return true;
    default:
      return fail();
  }
}

bool JceReader::text(std::uint8_t tag, std::string_view& value) noexcept {
  JceType type{};
  if (!find(tag, type)) return false;
  std::uint8_t size1 = 0;
  std::uint32_t size4 = 0;
  if (type == JceType::text1)
    return (in_.read(size1) && in_.read(std::size_t{size1}, value)) || fail();
  if (type == JceType::text4)
    return (in_.read(size4) && in_.read(std::size_t{size4}, value)) || fail();
  return fail();
}

bool JceReader::bytes(std::uint8_t tag, std::string_view& value) noexcept {
  JceType type{};
  if (!find(tag, type)) return false;
  JceHead element;
  std::size_t size = 0;
  const bool taken = type == JceType::bytes && read_head(element) &&
                     element == JceHead{JceType::i8, 0} && size_of(size) && in_.read(size, value);
  return taken || fail();
}

bool JceReader::container(std::uint8_t tag, JceType wanted, std::size_t& size) noexcept {
  JceType type{};
  if (!find(tag, type)) return false;
  // Each entry has at least one head, a map's two.
  const bool taken = type == wanted && size_of(size) &&
                     size <= in_.rest().size() / (wanted == JceType::map ? 2 : 1);
  return taken || fail();
}

bool JceReader::begin_struct(std::uint8_t tag) noexcept {
  JceType type{};
  return find(tag, type) && (type == JceType::struct_begin || fail());
}

bool JceReader::end_struct() noexcept {
  return (!at_fault_ && skip_struct(kJceDepthMax)) || fail();
}

bool JceReader::skip_rest() noexcept {
  while (!at_fault_ && !in_.rest().empty()) {
    JceHead head;
    if (!read_head(head) || head.type == JceType::struct_end || !skip(head.type, kJceDepthMax))
      return fail();
  }
  return !at_fault_;
}

bool JceReader::skip_struct(int depth_left) noexcept {
  JceHead head;
  while (read_head(head)) {
    if (head.type == JceType::struct_end) return true;
    if (!skip(head.type, depth_left)) return false;
  }
  return false;
}

bool JceReader::skip(JceType type, int depth_left) noexcept {
  if (depth_left == 0) return false;
  std::uint8_t size1 = 0;
  std::uint32_t size4 = 0;
  std::size_t size = 0;
  JceHead head;
  switch (type) {
    case JceType::zero:
      return true;
    case JceType::i8:
      return in_.skip(1);
    case JceType::i16:
      return in_.skip(2);
    case JceType::i32:
    case JceType::f32:
      return in_.skip(4);
    case JceType::i64:
    case JceType::f64:
      return in_.skip(8);
    case JceType::text1:
      return in_.read(size1) && in_.skip(size1);
    case JceType::text4:
      return in_.read(size4) && in_.skip(size4);
    case JceType::bytes:
      return read_head(head) && head == JceHead{JceType::i8, 0} && size_of(size) && in_.skip(size);
    case JceType::map:
    case JceType::list:
      if (!size_of(size)) return false;
      for (std::size_t i = 0; i < (type == JceType::map ? 2 * size : size); ++i) {
        if (!read_head(head) || head.type == JceType::struct_end ||
            !skip(head.type, depth_left - 1))
          return false;
      }
      return true;
    case JceType::struct_begin:
      return skip_struct(depth_left - 1);
    case JceType::struct_end:
      return false;
  }
  return false;
}

}  // namespace tracetax

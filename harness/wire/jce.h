// JCE, the field encoding of Tars: each field is a head (tag and type) and a value, and integers
// are written in the narrowest type that holds them.
// https://doc.tarsyun.com/#/base/tars-protocol.md
//
//   head: u8 tag << 4 | type; from tag 15 on: u8 0xf0 | type, u8 tag
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/wire/big_endian.h"

namespace tracetax {

enum class JceType : std::uint8_t {
  i8 = 0,
  i16 = 1,
  i32 = 2,
  i64 = 3,
  f32 = 4,
  f64 = 5,
  text1 = 6,  // one byte of length
  text4 = 7,  // four
  map = 8,
  list = 9,
  struct_begin = 10,
  struct_end = 11,
  zero = 12,  // the integer 0, without a value
  bytes = 13  // head {tag 0, i8}, an integer as length, bytes
};

struct JceHead {
  JceType type = JceType::zero;
  std::uint8_t tag = 0;
  friend bool operator==(const JceHead&, const JceHead&) = default;
};

inline constexpr int kJceDepthMax = 64;

/// Appends to `out`. Never fails.
class JceWriter {
 public:
  explicit JceWriter(std::string& out) noexcept : out_(out) {}

  void integer(std::uint8_t tag, std::int64_t value);
  /// An i32 in full width, whatever its value, so that it can be changed in place; returns where it
  /// stands.
  std::size_t fixed_i32(std::uint8_t tag, std::int32_t value);
  void f64(std::uint8_t tag, double value);
  /// Returns where the first byte of `value` stands.
  std::size_t text(std::uint8_t tag, std::string_view value);
  void bytes(std::uint8_t tag, std::string_view value);
  /// The head of a map or list of `size` entries: a map's have tag 0 for the key and 1 for the
  /// value, a list's 0.
  void map(std::uint8_t tag, std::size_t size) { container(tag, JceType::map, size); }
  void list(std::uint8_t tag, std::size_t size) { container(tag, JceType::list, size); }
  void begin_struct(std::uint8_t tag) { head(tag, JceType::struct_begin); }
  void end_struct() { head(0, JceType::struct_end); }

 private:
  void head(std::uint8_t tag, JceType type);
  void container(std::uint8_t tag, JceType type, std::size_t size);

  std::string& out_;
};

/// Reads fields in the order of their tags, as Tars writes them: asking for a tag passes over those
/// before it. False: the field is not there, is of another type, or the bytes are malformed or end
/// too early; at_fault() tells a missing field (false) from the rest. Views are into the bytes.
/// Allocates nothing, never reads past the end.
class JceReader {
 public:
  explicit JceReader(std::string_view bytes) noexcept : in_(bytes) {}

  /// Any integer type that fits into T: a wide one holds a small value too.
  template <typename T>
  [[nodiscard]] bool integer(std::uint8_t tag, T& value) noexcept {
    std::int64_t wide = 0;
    if (!integer64(tag, wide)) return false;
    value = static_cast<T>(wide);
    return value == wide || fail();
  }
  [[nodiscard]] bool f64(std::uint8_t tag, double& value) noexcept;
  [[nodiscard]] bool text(std::uint8_t tag, std::string_view& value) noexcept;
  [[nodiscard]] bool bytes(std::uint8_t tag, std::string_view& value) noexcept;
  /// The entries are then read with tags 0 and 1. A size that the bytes left cannot hold is
  /// refused.
  [[nodiscard]] bool map(std::uint8_t tag, std::size_t& size) noexcept {
    return container(tag, JceType::map, size);
  }
  [[nodiscard]] bool list(std::uint8_t tag, std::size_t& size) noexcept {
    return container(tag, JceType::list, size);
  }
  /// The fields of the struct are read next, then end_struct().
  [[nodiscard]] bool begin_struct(std::uint8_t tag) noexcept;
  /// Passes over what is left of the struct, its end included.
  [[nodiscard]] bool end_struct() noexcept;
  /// Passes over every field that is left.
  [[nodiscard]] bool skip_rest() noexcept;

  [[nodiscard]] bool at_fault() const noexcept { return at_fault_; }

 private:
  [[nodiscard]] bool fail() noexcept {
    at_fault_ = true;
    return false;
  }
  [[nodiscard]] bool find(std::uint8_t tag, JceType& type) noexcept;
  [[nodiscard]] bool read_head(JceHead& head) noexcept;
  [[nodiscard]] bool integer64(std::uint8_t tag, std::int64_t& value) noexcept;
  [[nodiscard]] bool integer_of(JceType type, std::int64_t& value) noexcept;
  [[nodiscard]] bool size_of(std::size_t& size) noexcept;
  [[nodiscard]] bool container(std::uint8_t tag, JceType wanted, std::size_t& size) noexcept;
  [[nodiscard]] bool skip(JceType type, int depth_left) noexcept;
  [[nodiscard]] bool skip_struct(int depth_left) noexcept;

  ByteReader in_;
  bool at_fault_ = false;
};

}  // namespace tracetax

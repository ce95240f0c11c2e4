// Thrift's strict binary protocol: a message's head, fields and values, and the exception that a
// server sends in place of a reply. Not its framing (thrift_frame.h), and not the old form of
// messages without a version.
// https://github.com/apache/thrift/blob/master/doc/specs/thrift-binary-protocol.md
//
//   u32 0x8001_00TT, i32 length of name, name, i32 sequence,
//   fields {u8 type, i16 id, value} until u8 0
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/wire/big_endian.h"

namespace tracetax {

enum class ThriftType : std::uint8_t {
  stop = 0,  // ends the fields of a struct
  boolean = 2,
  i8 = 3,
  f64 = 4,
  i16 = 6,
  i32 = 8,
  i64 = 10,
  text = 11,  // and bytes
  structure = 12,
  map = 13,
  set = 14,
  list = 15
};

enum class ThriftMessageType : std::uint8_t { call = 1, reply = 2, exception = 3, oneway = 4 };

struct ThriftMessage {
  ThriftMessageType type = ThriftMessageType::call;
  std::string_view name;  // of the method
  std::int32_t sequence = 0;
  friend bool operator==(const ThriftMessage&, const ThriftMessage&) = default;
};

struct ThriftField {
  ThriftType type = ThriftType::stop;
  std::int16_t id = 0;
  friend bool operator==(const ThriftField&, const ThriftField&) = default;
};

/// TApplicationException. `code`: 0 UNKNOWN, 1 UNKNOWN_METHOD, ... (see error_tally.cc for the
/// names).
struct ThriftException {
  std::string_view message;
  std::int32_t code = 0;
  friend bool operator==(const ThriftException&, const ThriftException&) = default;
};

/// How deep skip() follows structs and containers, and the longest name of a method.
inline constexpr int kThriftDepthMax = 64;
inline constexpr std::size_t kThriftNameMax = 1024;

/// Appends to `out`. Texts and containers are of less than 2 GiB. Never fails.
class ThriftWriter {
 public:
  explicit ThriftWriter(std::string& out) noexcept : out_(out) {}

  /// Returns where in `out` the sequence was written, so that it can be changed in place.
  std::size_t message(const ThriftMessage& message);
  void field(ThriftType type, std::int16_t id);
  /// Ends a struct.
  void stop() { out_.push_back('\0'); }
  void boolean(bool value) { out_.push_back(value ? '\1' : '\0'); }
  void i8(std::int8_t value) { out_.push_back(static_cast<char>(value)); }
  void i16(std::int16_t value) { append_big_endian(static_cast<std::uint16_t>(value), out_); }
  void i32(std::int32_t value) { append_big_endian(static_cast<std::uint32_t>(value), out_); }
  void i64(std::int64_t value) { append_big_endian(static_cast<std::uint64_t>(value), out_); }
  void f64(double value);
  void text(std::string_view value);
  /// The head of a list or a set; the elements follow.
  void list(ThriftType element, std::int32_t size);
  /// The head of a map; key and value in turn follow.
  void map(ThriftType key, ThriftType value, std::int32_t size);
  /// The whole struct, with its stop.
  void exception(const ThriftException& exception);

 private:
  std::string& out_;
};

/// Reads in the order of the bytes. False: the bytes are not that, or end too early; what follows
/// is then undefined in value, but never past the end. Texts are views into the bytes. Allocates
/// nothing.
class ThriftReader {
 public:
  explicit ThriftReader(std::string_view bytes) noexcept : in_(bytes) {}

  [[nodiscard]] bool message(ThriftMessage& message) noexcept;
  /// type stop: the struct has ended, `id` is 0.
  [[nodiscard]] bool field(ThriftField& field) noexcept;
  [[nodiscard]] bool boolean(bool& value) noexcept;
  [[nodiscard]] bool i8(std::int8_t& value) noexcept { return integer<std::uint8_t>(value); }
  [[nodiscard]] bool i16(std::int16_t& value) noexcept { return integer<std::uint16_t>(value); }
  [[nodiscard]] bool i32(std::int32_t& value) noexcept { return integer<std::uint32_t>(value); }
  [[nodiscard]] bool i64(std::int64_t& value) noexcept { return integer<std::uint64_t>(value); }
  [[nodiscard]] bool f64(double& value) noexcept;
  [[nodiscard]] bool text(std::string_view& value) noexcept;
  /// A size that the bytes left cannot hold is refused, so a loop over it is bounded by the input.
  [[nodiscard]] bool list(ThriftType& element, std::int32_t& size) noexcept;
  [[nodiscard]] bool map(ThriftType& key, ThriftType& value, std::int32_t& size) noexcept;
  /// Passes over a value of `type`; deeper than kThriftDepthMax is refused.
  [[nodiscard]] bool skip(ThriftType type) noexcept { return skip(type, kThriftDepthMax); }
  /// The whole struct; unknown fields are passed over.
  [[nodiscard]] bool exception(ThriftException& exception) noexcept;
  /// What is left: after message(), the fields.
  [[nodiscard]] std::string_view rest() const noexcept { return in_.rest(); }

 private:
  template <typename Unsigned, typename Signed>
  [[nodiscard]] bool integer(Signed& value) noexcept {
    Unsigned bits = 0;
    if (!in_.read(bits)) return false;
    value = static_cast<Signed>(bits);
    return true;
  }
  [[nodiscard]] bool type(ThriftType& type) noexcept;
  [[nodiscard]] bool skip(ThriftType type, int depth_left) noexcept;

  ByteReader in_;
};

}  // namespace tracetax

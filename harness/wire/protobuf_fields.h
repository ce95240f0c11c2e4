// Protobuf's wire form of single fields: varints and length-delimited bytes, which is all that the
// messages of bench_messages.h and Kitex's errors need. Not a protobuf library: no schema, no
// packed lists, no groups. https://protobuf.dev/programming-guides/encoding/
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tracetax {

/// As proto3 writes: a value that is 0 (or empty) is left out. Numbers from 1 to 15.
void append_protobuf_integer(std::uint32_t field, std::int64_t value, std::string& out);
void append_protobuf_text(std::uint32_t field, std::string_view value, std::string& out);

struct ProtobufField {
  std::uint32_t number = 0;
  bool is_text = false;  // length-delimited: in `text`. Else, if a varint: in `integer`
  bool is_integer = false;
  std::uint64_t integer = 0;
  std::string_view text;
  std::string_view raw;  // all its bytes, with the tag; of a fixed size: its number at their end
};

/// Reads fields in the order of the bytes; those of fixed size are passed over with neither flag
/// set.
class ProtobufReader {
 public:
  explicit ProtobufReader(std::string_view bytes) noexcept : rest_(bytes) {}
  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
  /// False: malformed, or a group. `field.text` is a view into the bytes. Never reads past the end.
  [[nodiscard]] bool next(ProtobufField& field) noexcept;

 private:
  [[nodiscard]] bool varint(std::uint64_t& value) noexcept;
  std::string_view rest_;
};

}  // namespace tracetax

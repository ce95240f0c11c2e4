// For test_thrift_interop.py: reads messages as hex, one a line, takes each apart value by value,
// writes it anew with the writer and prints that as hex, or "refused".
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <iostream>
#include <optional>
#include <string>

#include "harness/wire/thrift_binary.h"

namespace tracetax {
namespace {

bool copy(ThriftType type, ThriftReader& in, ThriftWriter& out) {
  bool truth = false;
  std::int8_t i8 = 0;
  std::int16_t i16 = 0;
  std::int32_t i32 = 0, size = 0;
  std::int64_t i64 = 0;
  double f64 = 0;
  std::string_view text;
  ThriftField field;
  ThriftType key{}, value{};
  switch (type) {
    case ThriftType::boolean:
      return in.boolean(truth) && (out.boolean(truth), true);
    case ThriftType::i8:
      return in.i8(i8) && (out.i8(i8), true);
    case ThriftType::i16:
      return in.i16(i16) && (out.i16(i16), true);
    case ThriftType::i32:
      return in.i32(i32) && (out.i32(i32), true);
    case ThriftType::i64:
      return in.i64(i64) && (out.i64(i64), true);
    case ThriftType::f64:
      return in.f64(f64) && (out.f64(f64), true);
    case ThriftType::text:
      return in.text(text) && (out.text(text), true);
    case ThriftType::structure:
      while (in.field(field)) {
        if (field.type == ThriftType::stop) return out.stop(), true;
        out.field(field.type, field.id);
        if (!copy(field.type, in, out)) return false;
      }
      return false;
    case ThriftType::set:
    case ThriftType::list:
      if (!in.list(value, size)) return false;
      out.list(value, size);
      while (size-- > 0) {
        if (!copy(value, in, out)) return false;
      }
      return true;
    case ThriftType::map:
      if (!in.map(key, value, size)) return false;
      out.map(key, value, size);
      while (size-- > 0) {
        if (!copy(key, in, out) || !copy(value, in, out)) return false;
      }
      return true;
    case ThriftType::stop:
      return false;
  }
  return false;
}

std::optional<std::string> rewritten(std::string_view bytes) {
  ThriftReader in(bytes);
  ThriftMessage message;
  if (!in.message(message)) return std::nullopt;
  std::string written;
  ThriftWriter out(written);
  out.message(message);
  if (!copy(ThriftType::structure, in, out) || !in.rest().empty()) return std::nullopt;
  return written;
}

int digit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

}  // namespace
}  // namespace tracetax

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < line.size(); i += 2) {
      bytes.push_back(
          static_cast<char>(tracetax::digit(line[i]) << 4 | tracetax::digit(line[i + 1])));
    }
    const auto written = tracetax::rewritten(bytes);
    std::string shown = written ? "" : "refused";
    for (const char c : written.value_or(""))
      shown += fmt::format("{:02x}", static_cast<unsigned char>(c));
    std::cout << shown << std::endl;
  }
  return 0;
}

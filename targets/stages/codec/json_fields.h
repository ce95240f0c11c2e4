// Part `codec`: structs as JSON objects by a table of their fields, the compiled form of what Go's
// encoding/json finds out by reflection. Decoding follows its rules: unknown keys are ignored, keys
// match in any case, null leaves a field alone, missing fields too.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "harness/core/text/error.h"
#include "targets/request/json_text.h"

namespace tracetax {

template <typename T>
struct JsonField {
  std::string_view name;  // needs no escaping
  std::variant<std::int64_t T::*, std::string T::*> member;
};

/// Appends the object to `out`.
template <typename T>
void encode_json(const T& value, std::span<const JsonField<T>> fields, std::string& out) {
  char separator = '{';
  for (const JsonField<T>& field : fields) {
    out += separator;
    separator = ',';
    out += '"';
    out += field.name;
    out += "\":";
    if (const auto* number = std::get_if<std::int64_t T::*>(&field.member)) {
      const fmt::format_int digits(value.**number);
      out.append(digits.data(), digits.size());
    } else {
      append_json_string(value.*std::get<std::string T::*>(field.member), out);
    }
  }
  if (separator == '{') out += '{';
  out += '}';
}

[[nodiscard]] inline bool same_key(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

template <typename T>
[[nodiscard]] bool read_json_member(JsonReader& reader, const JsonField<T>& field, T& value) {
  if (reader.take_null()) return true;
  if (const auto* number = std::get_if<std::int64_t T::*>(&field.member)) {
    return reader.read_int(value.**number);
  }
  return reader.read_string(value.*std::get<std::string T::*>(field.member));
}

/// Reads one object, and nothing after it, into `value`. The error says where.
template <typename T>
[[nodiscard]] Status decode_json(std::string_view text, std::span<const JsonField<T>> fields,
                                 T& value) {
  JsonReader reader(text);
  const auto bad = [&] { return failure(ExitCode::usage, reader.problem()); };
  const auto read_member = [&] {
    std::string key;
    if (!reader.read_string(key) || !reader.expect(':')) return false;
    for (const JsonField<T>& field : fields) {
      if (same_key(field.name, key)) return read_json_member(reader, field, value);
    }
    return reader.skip_value();
  };
  if (!reader.take_null()) {
    if (!reader.expect('{')) return bad();
    if (!reader.take('}')) {
      do {
        if (!read_member()) return bad();
      } while (reader.take(','));
      if (!reader.expect('}')) return bad();
    }
  }
  if (!reader.at_end() && !reader.fail("there is more after the object")) return bad();
  return {};
}

}  // namespace tracetax

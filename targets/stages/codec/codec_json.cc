// The two JSON formats of Go: encoding/json and protojson.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <charconv>

#include "targets/stages/codec/message_fields.h"

namespace tracetax {
namespace {

class JsonCodec final : public Codec {
 public:
  Status decode(std::string_view body, Action, Message& message) const override {
    Status status;
    with_message(message,
                 [&](auto& value) { status = decode_json(body, fields_of(value), value); });
    return status;
  }
  void encode(const Message& message, std::string& out) const override {
    with_message(message, [&](const auto& value) { encode_json(value, fields_of(value), out); });
  }
  std::string_view name() const override { return "JSON by a table of fields"; }
  std::string_view content_type() const override { return "application/json; charset=utf-8"; }
};

/// created_at becomes createdAt, as protobuf's compiler derives it.
std::string camel_case(std::string_view name) {
  std::string camel;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool raises = name[i] == '_' && i + 1 < name.size();
    if (raises) ++i;
    camel += raises && name[i] >= 'a' && name[i] <= 'z' ? static_cast<char>(name[i] - 32) : name[i];
  }
  return camel;
}

template <typename T, std::size_t kCount>
std::array<std::string, kCount> camel_names(const std::array<JsonField<T>, kCount>& fields) {
  std::array<std::string, kCount> names;
  for (std::size_t i = 0; i < kCount; ++i) names[i] = camel_case(fields[i].name);
  return names;
}

/// A whole number, or one in a string.
bool read_int64(JsonReader& reader, std::int64_t& value) {
  if (!reader.next_is('"')) return reader.read_int(value);
  std::string text;
  if (!reader.read_string(text)) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{} && end == text.data() + text.size()) return true;
  return reader.fail("a string that is not a whole number of 64 bits");
}

class ProtoJsonCodec final : public Codec {
 public:
  Status decode(std::string_view body, Action, Message& message) const override {
    JsonReader reader(body);
    bool good = true;
    with_message(message, [&](auto& value) { good = read(reader, value); });
    if (good && !reader.at_end()) good = reader.fail("there is more after the object");
    if (!good) return failure(ExitCode::usage, reader.problem());
    return {};
  }

  void encode(const Message& message, std::string& out) const override {
    with_message(message, [&](const auto& value) { write(value, out); });
  }

  std::string_view name() const override {
    return "protojson by a table of fields, EmitUnpopulated";
  }
  std::string_view content_type() const override { return "application/json"; }

 private:
  std::span<const std::string> names_of(const User&) const { return user_names_; }
  std::span<const std::string> names_of(const Echo&) const { return echo_names_; }

  template <typename T>
  void write(const T& value, std::string& out) const {
    const auto fields = fields_of(value);
    const auto names = names_of(value);
    char separator = '{';
    for (std::size_t i = 0; i < fields.size(); ++i) {
      out += separator;
      separator = ',';
      out.append("\"").append(names[i]).append("\":");
      if (const auto* number = std::get_if<std::int64_t T::*>(&fields[i].member)) {
        const fmt::format_int digits(value.**number);
        out.append("\"").append(digits.data(), digits.size()).append("\"");
      } else {
        append_json_string(value.*std::get<std::string T::*>(fields[i].member), out,
                           JsonEscapes::none);
      }
    }
    out += '}';
  }

  template <typename T>
  bool read(JsonReader& reader, T& value) const {
    if (!reader.expect('{')) return false;
    if (reader.take('}')) return true;
    std::uint32_t seen = 0;
    do {
      if (!read_member(reader, value, seen)) return false;
    } while (reader.take(','));
    return reader.expect('}');
  }

  template <typename T>
  bool read_member(JsonReader& reader, T& value, std::uint32_t& seen) const {
    std::string key;
    if (!reader.read_string(key) || !reader.expect(':')) return false;
    const auto fields = fields_of(value);
    const auto names = names_of(value);
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (names[i] != key && fields[i].name != key) continue;
      if ((seen >> i & 1U) != 0) return reader.fail("a field is there twice");
      seen |= 1U << i;
      if (reader.take_null()) return true;
      if (const auto* number = std::get_if<std::int64_t T::*>(&fields[i].member)) {
        return read_int64(reader, value.**number);
      }
      return reader.read_string(value.*std::get<std::string T::*>(fields[i].member));
    }
    return reader.skip_value();
  }

  const std::array<std::string, 4> user_names_ = camel_names(kUserFields);
  const std::array<std::string, 1> echo_names_ = camel_names(kEchoFields);
};

}  // namespace

std::unique_ptr<const Codec> make_json_codec() { return std::make_unique<JsonCodec>(); }
std::unique_ptr<const Codec> make_protojson_codec() { return std::make_unique<ProtoJsonCodec>(); }

}  // namespace tracetax

// Each message lists its fields once, in visit(); the four formats are what is done to a list of
// fields.
// SPDX-License-Identifier: Apache-2.0
#include "harness/wire/bench_messages.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "harness/wire/jce.h"
#include "harness/wire/protobuf_fields.h"
#include "harness/wire/thrift_binary.h"

namespace tracetax {
namespace {

using Json = nlohmann::json;

// A field's number in Thrift and protobuf; JCE counts from 0.
template <typename Message, typename Visit>
void visit(Message& message, Visit&& field) requires requires {
  message.text;
}
{ field(1, "text", message.text); }
template <typename Message, typename Visit>
void visit(Message& message, Visit&& field) requires requires {
  message.id;
}
{
  field(1, "id", message.id);
  if constexpr (requires { message.email; }) {
    field(2, "name", message.name);
    field(3, "email", message.email);
    field(4, "created_at", message.created_at);
  }
}

void reset(std::string& value) { value.clear(); }
void reset(std::int64_t& value) { value = 0; }

// A field that the bytes do not hold is empty, whatever the message held before.
template <typename Message>
void reset_all(Message& message) {
  visit(message, [](int, const char*, auto& value) { reset(value); });
}

constexpr std::uint8_t jce_tag(int number) { return static_cast<std::uint8_t>(number - 1); }

// --- Thrift ---

struct ThriftFields {
  ThriftWriter& out;
  void operator()(int number, const char*, const std::string& value) const {
    out.field(ThriftType::text, static_cast<std::int16_t>(number));
    out.text(value);
  }
  void operator()(int number, const char*, const std::int64_t& value) const {
    out.field(ThriftType::i64, static_cast<std::int16_t>(number));
    out.i64(value);
  }
};

// The message as field `id` of the struct around it: 1 of the arguments, 0 of the result.
template <typename Message>
void write_thrift(const Message& message, std::int16_t id, std::string& out) {
  ThriftWriter writer(out);
  writer.field(ThriftType::structure, id);
  visit(message, ThriftFields{writer});
  writer.stop();
  writer.stop();
}

bool read_field(ThriftReader& in, ThriftType type, std::string& value) {
  std::string_view text;
  if (type != ThriftType::text || !in.text(text)) return false;
  value = text;
  return true;
}
bool read_field(ThriftReader& in, ThriftType type, std::int64_t& value) {
  return type == ThriftType::i64 && in.i64(value);
}

template <typename Message>
bool read_thrift_struct(ThriftReader& in, Message& message) {
  ThriftField field;
  reset_all(message);
  while (in.field(field)) {
    if (field.type == ThriftType::stop) return true;
    bool known = false, good = true;
    visit(message, [&](int number, const char*, auto& value) {
      if (field.id != number) return;
      known = true;
      good = read_field(in, field.type, value);
    });
    if (!known) good = in.skip(field.type);
    if (!good) return false;
  }
  return false;
}

template <typename Message>
bool read_thrift(std::string_view bytes, std::int16_t id, Message& message) {
  ThriftReader in(bytes);
  ThriftField field;
  bool found = false;
  while (in.field(field)) {
    if (field.type == ThriftType::stop) return found && in.rest().empty();
    if (field == ThriftField{ThriftType::structure, id}) {
      if (!read_thrift_struct(in, message)) return false;
      found = true;
    } else if (!in.skip(field.type)) {
      return false;
    }
  }
  return false;
}

// --- JCE ---

struct JceFields {
  JceWriter& out;
  void operator()(int number, const char*, const std::string& value) const {
    out.text(jce_tag(number), value);
  }
  void operator()(int number, const char*, const std::int64_t& value) const {
    out.integer(jce_tag(number), value);
  }
};

constexpr std::uint8_t kJceArgument = 1, kJceReturned = 0, kJceOut = 2;

template <typename Message>
void write_jce(const Message& message, std::uint8_t tag, std::string& out) {
  JceWriter writer(out);
  writer.begin_struct(tag);
  visit(message, JceFields{writer});
  writer.end_struct();
}

template <typename Message>
bool read_jce(JceReader& in, std::uint8_t tag, Message& message) {
  if (!in.begin_struct(tag)) return false;
  bool good = true;
  visit(message, [&](int number, const char*, auto& value) {
    if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string>) {
      std::string_view text;
      good = good && in.text(jce_tag(number), text);
      if (good) value = text;
    } else {
      good = good && in.integer(jce_tag(number), value);
    }
  });
  return good && in.end_struct() && in.skip_rest();
}

// --- protobuf ---

struct ProtobufFields {
  std::string& out;
  void operator()(int number, const char*, const std::string& value) const {
    append_protobuf_text(static_cast<std::uint32_t>(number), value, out);
  }
  void operator()(int number, const char*, const std::int64_t& value) const {
    append_protobuf_integer(static_cast<std::uint32_t>(number), value, out);
  }
};

template <typename Message>
bool read_protobuf(std::string_view bytes, Message& message) {
  ProtobufReader in(bytes);
  reset_all(message);
  while (!in.at_end()) {
    ProtobufField field;
    if (!in.next(field)) return false;
    bool good = true;
    visit(message, [&](int number, const char*, auto& value) {
      if (field.number != static_cast<std::uint32_t>(number)) return;
      if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string>) {
        good = field.is_text;
        value = field.text;
      } else {
        good = field.is_integer;
        value = static_cast<std::int64_t>(field.integer);
      }
    });
    if (!good) return false;
  }
  return true;
}

// --- JSON, as protobuf maps it, but int64 as a number: what go's encoding/json makes of such a
// struct ---

template <typename Message>
void write_json(const Message& message, std::string& out) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  visit(message, [&](int, const char* name, const auto& value) { json[name] = value; });
  out += json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

bool take_json(const Json& json, std::string& value) {
  if (!json.is_string()) return false;
  value = json.get_ref<const std::string&>();
  return true;
}
// Protobuf's own mapping writes 64 bits as text.
bool take_json(const Json& json, std::int64_t& value) {
  if (json.is_number_integer()) {
    if (json.is_number_unsigned() && json.get<std::uint64_t>() > INT64_MAX) return false;
    value = json.get<std::int64_t>();
    return true;
  }
  if (!json.is_string()) return false;
  const auto& text = json.get_ref<const std::string&>();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

// nlohmann's parser keeps its own stack, so depth costs memory in the size of the input, never the
// call stack.
template <typename Message>
bool read_json(std::string_view bytes, Message& message) {
  const Json json = Json::parse(bytes, nullptr, false);
  if (!json.is_object()) return false;
  reset_all(message);
  bool good = true;
  visit(message, [&](int, const char* name, auto& value) {
    const auto found = json.find(name);
    if (found != json.end() && !found->is_null()) good = good && take_json(*found, value);
  });
  return good;
}

// --- by format ---

template <typename Message>
void encode_request_as(WireFormat format, const Message& message, std::string& out) {
  switch (format) {
    case WireFormat::thrift:
      return write_thrift(message, 1, out);
    case WireFormat::protobuf:
      return visit(message, ProtobufFields{out});
    case WireFormat::jce:
      return write_jce(message, kJceArgument, out);
    case WireFormat::json:
      return write_json(message, out);
  }
}

template <typename Message>
void encode_answer_as(WireFormat format, const Message& message, std::string& out) {
  switch (format) {
    case WireFormat::thrift:
      return write_thrift(message, 0, out);
    case WireFormat::protobuf:
      return visit(message, ProtobufFields{out});
    case WireFormat::jce:
      JceWriter(out).integer(kJceReturned, 0);
      return write_jce(message, kJceOut, out);
    case WireFormat::json:
      return write_json(message, out);
  }
}

template <typename Message>
bool decode_request_as(WireFormat format, std::string_view bytes, Message& message) {
  switch (format) {
    case WireFormat::thrift:
      return read_thrift(bytes, 1, message);
    case WireFormat::protobuf:
      return read_protobuf(bytes, message);
    case WireFormat::jce: {
      JceReader in(bytes);
      return read_jce(in, kJceArgument, message);
    }
    case WireFormat::json:
      return read_json(bytes, message);
  }
  return false;
}

template <typename Message>
bool decode_answer_as(WireFormat format, std::string_view bytes, Message& message) {
  switch (format) {
    case WireFormat::thrift:
      return read_thrift(bytes, 0, message);
    case WireFormat::protobuf:
      return read_protobuf(bytes, message);
    case WireFormat::jce: {
      JceReader in(bytes);
      std::int32_t returned = 0;
      return in.integer(kJceReturned, returned) && returned == 0 && read_jce(in, kJceOut, message);
    }
    case WireFormat::json:
      return read_json(bytes, message);
  }
  return false;
}

}  // namespace

BenchUser bench_user(std::int64_t id) {
  BenchUser user;
  user.id = id;
  user.name = "user-" + std::to_string(id);
  user.email = user.name + "@example.com";
  user.created_at = "2024-01-01T00:00:00Z";
  return user;
}

void encode_request(WireFormat format, const EchoText& request, std::string& out) {
  encode_request_as(format, request, out);
}
void encode_request(WireFormat format, const UserQuery& request, std::string& out) {
  encode_request_as(format, request, out);
}
void encode_answer(WireFormat format, const EchoText& answer, std::string& out) {
  encode_answer_as(format, answer, out);
}
void encode_answer(WireFormat format, const BenchUser& answer, std::string& out) {
  encode_answer_as(format, answer, out);
}
bool decode_request(WireFormat format, std::string_view bytes, EchoText& request) {
  return decode_request_as(format, bytes, request);
}
bool decode_request(WireFormat format, std::string_view bytes, UserQuery& request) {
  return decode_request_as(format, bytes, request);
}
bool decode_answer(WireFormat format, std::string_view bytes, EchoText& answer) {
  return decode_answer_as(format, bytes, answer);
}
bool decode_answer(WireFormat format, std::string_view bytes, BenchUser& answer) {
  return decode_answer_as(format, bytes, answer);
}

}  // namespace tracetax

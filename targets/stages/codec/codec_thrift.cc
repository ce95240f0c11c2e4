// Thrift's binary protocol: the struct of a method's arguments {1: request} and of its result {0:
// reply}.
// SPDX-License-Identifier: Apache-2.0
#include "harness/wire/thrift_binary.h"
#include "targets/stages/codec/message_fields.h"

namespace tracetax {
namespace {

constexpr std::int16_t kThriftArgument = 1;
constexpr std::int16_t kResult = 0;

constexpr std::int16_t id_of(std::size_t place) { return static_cast<std::int16_t>(place + 1); }

template <typename T>
bool read_value(ThriftReader& in, ThriftType type, const JsonField<T>& field, T& message) {
  if (const auto* number = std::get_if<std::int64_t T::*>(&field.member)) {
    return type == ThriftType::i64 && in.i64(message.**number);
  }
  std::string_view text;
  if (type != ThriftType::text || !in.text(text)) return false;
  message.*std::get<std::string T::*>(field.member) = text;
  return true;
}

template <typename T>
bool read_struct(ThriftReader& in, std::span<const JsonField<T>> fields, T& message) {
  ThriftField head;
  while (in.field(head)) {
    if (head.type == ThriftType::stop) return true;
    const bool known = head.id >= 1 && static_cast<std::size_t>(head.id) <= fields.size();
    const bool good =
        known ? read_value(in, head.type, fields[static_cast<std::size_t>(head.id) - 1], message)
              : in.skip(head.type);
    if (!good) return false;
  }
  return false;
}

/// The arguments up to their stop, and nothing after it. Without a request field: an empty request.
template <typename T>
bool read_arguments(std::string_view body, std::span<const JsonField<T>> fields, T& message) {
  ThriftReader in(body);
  ThriftField head;
  while (in.field(head)) {
    if (head.type == ThriftType::stop) return in.rest().empty();
    const bool is_request = head.type == ThriftType::structure && head.id == kThriftArgument;
    if (!(is_request ? read_struct(in, fields, message) : in.skip(head.type))) return false;
  }
  return false;
}

template <typename T>
void write_result(const T& message, std::string& out) {
  ThriftWriter writer(out);
  writer.field(ThriftType::structure, kResult);
  const auto fields = fields_of(message);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (const auto* number = std::get_if<std::int64_t T::*>(&fields[i].member)) {
      writer.field(ThriftType::i64, id_of(i));
      writer.i64(message.**number);
    } else {
      writer.field(ThriftType::text, id_of(i));
      writer.text(message.*std::get<std::string T::*>(fields[i].member));
    }
  }
  writer.stop();
  writer.stop();
}

class ThriftCodec final : public Codec {
 public:
  Status decode(std::string_view body, Action endpoint, Message& message) const override {
    bool good = true;
    with_message(message, [&](auto& value) {
      good = read_arguments(body, request_fields(value, endpoint), value);
    });
    if (!good)
      return failure(ExitCode::usage, "the body is no Thrift struct of this method's arguments");
    return {};
  }
  void encode(const Message& message, std::string& out) const override {
    with_message(message, [&](const auto& value) { write_result(value, out); });
  }
  std::string_view name() const override { return "Thrift binary"; }
  std::string_view content_type() const override { return "application/x-thrift"; }
};

}  // namespace

std::unique_ptr<const Codec> make_thrift_codec() { return std::make_unique<ThriftCodec>(); }

}  // namespace tracetax

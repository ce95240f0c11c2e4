// JCE, the buffer of a Tars packet: the request is the struct with tag 1, the answer what the
// function returned (tag 0, a 0 here) and its output (tag 2). Tags of fields start at 0.
// SPDX-License-Identifier: Apache-2.0
#include "harness/wire/jce.h"
#include "targets/stages/codec/message_fields.h"

namespace tracetax {
namespace {

constexpr std::uint8_t kReturned = 0;
constexpr std::uint8_t kArgument = 1;
constexpr std::uint8_t kOutput = 2;

template <typename T>
bool read_argument(std::string_view body, std::span<const JsonField<T>> fields, T& message) {
  JceReader in(body);
  if (!in.begin_struct(kArgument)) return false;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto tag = static_cast<std::uint8_t>(i);
    if (const auto* number = std::get_if<std::int64_t T::*>(&fields[i].member)) {
      if (!in.integer(tag, message.**number)) return false;
      continue;
    }
    std::string_view text;
    if (!in.text(tag, text)) return false;
    message.*std::get<std::string T::*>(fields[i].member) = text;
  }
  return in.end_struct() && in.skip_rest();
}

template <typename T>
void write_output(const T& message, std::string& out) {
  JceWriter writer(out);
  writer.integer(kReturned, 0);
  writer.begin_struct(kOutput);
  const auto fields = fields_of(message);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto tag = static_cast<std::uint8_t>(i);
    if (const auto* number = std::get_if<std::int64_t T::*>(&fields[i].member)) {
      writer.integer(tag, message.**number);
    } else {
      writer.text(tag, message.*std::get<std::string T::*>(fields[i].member));
    }
  }
  writer.end_struct();
}

class JceCodec final : public Codec {
 public:
  Status decode(std::string_view body, Action endpoint, Message& message) const override {
    bool good = true;
    with_message(message, [&](auto& value) {
      good = read_argument(body, request_fields(value, endpoint), value);
    });
    if (!good) return failure(ExitCode::usage, "the body is no JCE argument of this function");
    return {};
  }
  void encode(const Message& message, std::string& out) const override {
    with_message(message, [&](const auto& value) { write_output(value, out); });
  }
  std::string_view name() const override { return "JCE"; }
  std::string_view content_type() const override { return "application/x-tars"; }
};

}  // namespace

std::unique_ptr<const Codec> make_jce_codec() { return std::make_unique<JceCodec>(); }

}  // namespace tracetax

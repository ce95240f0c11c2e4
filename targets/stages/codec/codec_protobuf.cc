// Protobuf through libprotobuf: its messages are generated, ours are structs, and texts move
// between them.
// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "targets/stages/codec/message_fields.h"
#include "targets/stages/proto/bench.pb.h"

namespace tracetax {
namespace {

template <typename Proto>
bool parse(std::string_view body, Proto& proto) {
  return proto.ParseFromArray(body.data(), static_cast<int>(body.size()));
}

bool read(std::string_view body, Action endpoint, User& user) {
  if (endpoint == Action::get_user) {
    bench::v1::GetUserRequest proto;
    if (!parse(body, proto)) return false;
    user.id = proto.id();
    return true;
  }
  bench::v1::User proto;
  if (!parse(body, proto)) return false;
  user.id = proto.id();
  user.name = std::move(*proto.mutable_name());
  user.email = std::move(*proto.mutable_email());
  user.created_at = std::move(*proto.mutable_created_at());
  return true;
}

bool read(std::string_view body, Action, Echo& echo) {
  bench::v1::EchoRequest proto;
  if (!parse(body, proto)) return false;
  echo.text = std::move(*proto.mutable_text());
  return true;
}

void write(const User& user, std::string& out) {
  bench::v1::User proto;
  proto.set_id(user.id);
  proto.set_name(user.name);
  proto.set_email(user.email);
  proto.set_created_at(user.created_at);
  proto.AppendToString(&out);
}

void write(const Echo& echo, std::string& out) {
  bench::v1::EchoReply proto;
  proto.set_text(echo.text);
  proto.AppendToString(&out);
}

class ProtobufCodec final : public Codec {
 public:
  Status decode(std::string_view body, Action endpoint, Message& message) const override {
    bool good = true;
    with_message(message, [&](auto& value) { good = read(body, endpoint, value); });
    if (!good) return failure(ExitCode::usage, "the body is no protobuf message of this method");
    return {};
  }
  void encode(const Message& message, std::string& out) const override {
    with_message(message, [&](const auto& value) { write(value, out); });
  }
  std::string_view name() const override { return "protobuf (libprotobuf)"; }
  std::string_view content_type() const override { return "application/protobuf"; }
};

}  // namespace

std::unique_ptr<const Codec> make_protobuf_codec() { return std::make_unique<ProtobufCodec>(); }

}  // namespace tracetax

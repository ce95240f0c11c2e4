// The tables of fields of the messages: names for the text formats; the place in the table, from 1,
// is the number in the binary ones. Not the formats themselves: codec_*.cc.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <span>

#include "targets/request/message.h"
#include "targets/stages/codec/codec.h"
#include "targets/stages/codec/json_fields.h"

namespace tracetax {

inline constexpr std::array<JsonField<User>, 4> kUserFields{{{"id", &User::id},
                                                             {"name", &User::name},
                                                             {"email", &User::email},
                                                             {"created_at", &User::created_at}}};
inline constexpr std::array<JsonField<Echo>, 1> kEchoFields{{{"text", &Echo::text}}};

/// The table of a message's type. GetUser's request is a User of which only the id is there.
[[nodiscard]] inline std::span<const JsonField<User>> fields_of(const User&) { return kUserFields; }
[[nodiscard]] inline std::span<const JsonField<Echo>> fields_of(const Echo&) { return kEchoFields; }
[[nodiscard]] inline std::span<const JsonField<User>> request_fields(const User&, Action endpoint) {
  return endpoint == Action::get_user ? std::span(kUserFields).first(1) : std::span(kUserFields);
}
[[nodiscard]] inline std::span<const JsonField<Echo>> request_fields(const Echo&, Action) {
  return kEchoFields;
}

/// Calls `visit` with the message in it, if there is one.
template <typename AnyMessage, typename Visit>
void with_message(AnyMessage& message, Visit&& visit) {
  if (auto* user = std::get_if<User>(&message)) visit(*user);
  if (auto* echo = std::get_if<Echo>(&message)) visit(*echo);
}

/// The codecs of make_codec, each in its own file.
[[nodiscard]] std::unique_ptr<const Codec> make_json_codec();
[[nodiscard]] std::unique_ptr<const Codec> make_protojson_codec();
[[nodiscard]] std::unique_ptr<const Codec> make_protobuf_codec();
[[nodiscard]] std::unique_ptr<const Codec> make_thrift_codec();
[[nodiscard]] std::unique_ptr<const Codec> make_jce_codec();

}  // namespace tracetax

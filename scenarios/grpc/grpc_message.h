// JSON to the bytes of a protobuf message, by the rules of the canonical JSON mapping, and back to
// text. All mistakes are found at once, each with its path in the JSON. It is exact, not fast:
// messages are encoded once, before a run.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/suite/suite.h"
#include "harness/core/text/error.h"

namespace google::protobuf {
class Descriptor;
}

namespace tracetax {

inline constexpr int kDeepestMessage = 100;  // objects and arrays inside one another

/// The bytes of one message of the type. Fields may be named as in the .proto file or in
/// lowerCamelCase; 64-bit integers may be texts, bytes are base64; null means absent; extensions
/// are not known. Fields come in the order of their numbers, repeated ones and entries of maps as
/// they stand. `name` opens the errors, which read "NAME: user.tags[2]: expected int32, found the
/// text 'x'".
[[nodiscard]] Result<std::string> encode_grpc_message(const Json& json,
                                                      const google::protobuf::Descriptor& type,
                                                      const std::string& name);

/// The same of an array of messages, or of one that stands alone. An empty array gives none.
[[nodiscard]] Result<std::vector<std::string>> encode_grpc_messages(
    const Json& json, const google::protobuf::Descriptor& type, const std::string& name);

/// A message as JSON on one line, cut with "..." after `longest` bytes; an error if the bytes are
/// no such message, or hold an Any of a type that the schema does not have.
[[nodiscard]] Result<std::string> grpc_message_to_json(std::string_view bytes,
                                                       const google::protobuf::Descriptor& type,
                                                       std::size_t longest);

}  // namespace tracetax

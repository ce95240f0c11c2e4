// One JSON value as a protobuf scalar: numbers, enums, bool, string, bytes; and the keys of maps.
// Messages are grpc_message.h's.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "harness/core/suite/suite.h"
#include "harness/core/text/error.h"
#include "harness/wire/protobuf_wire.h"

namespace google::protobuf {
class FieldDescriptor;
}

namespace tracetax {

/// The wire type of the field's elements.
[[nodiscard]] wire::Type wire_type_of(const google::protobuf::FieldDescriptor& field);

/// Appends the value without its tag; strings and bytes with their length. The error says what was
/// expected and what was found, without the place. Not for messages and groups.
[[nodiscard]] Status append_scalar(std::string& out, const google::protobuf::FieldDescriptor& field,
                                   const Json& value);

/// The same for the key of a map, which JSON writes as a text.
[[nodiscard]] Status append_map_key(std::string& out,
                                    const google::protobuf::FieldDescriptor& field,
                                    const std::string& key);

}  // namespace tracetax

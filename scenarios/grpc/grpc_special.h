// The well-known messages that JSON writes in a form of their own: Timestamp and Duration and
// FieldMask as texts, Struct and Value and ListValue as any JSON, the wrappers as the bare value.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "harness/core/suite/suite.h"
#include "harness/core/text/error.h"

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
}  // namespace google::protobuf

namespace tracetax {

/// Timestamp, Duration, FieldMask, Struct, Value or ListValue.
[[nodiscard]] bool is_special(const google::protobuf::Descriptor& type);

/// Appends the bytes of such a message. `levels` is how deep the JSON may be nested.
[[nodiscard]] Status append_special(std::string& out, const google::protobuf::Descriptor& type,
                                    const Json& value, int levels);

/// The one field of a wrapper such as Int64Value; null for other messages.
[[nodiscard]] const google::protobuf::FieldDescriptor* wrapped_field(
    const google::protobuf::Descriptor& type);

}  // namespace tracetax

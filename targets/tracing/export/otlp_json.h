// OTLP/JSON of an OTLP message, by the protobuf messages' own description of themselves, so that
// what is in one encoding is in the other. As Go's exporter writes it: lowerCamelCase names, ids in
// hex, enums as integers, 64-bit integers as texts, nothing that is at its default.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <google/protobuf/message.h>

#include <string>

namespace tracetax {

/// Appends. What is not UTF-8 becomes U+FFFD.
void append_otlp_json(const google::protobuf::Message& message, std::string& out);

}  // namespace tracetax

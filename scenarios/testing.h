// What the tests of gRPC messages share: test schemas, hex, random messages. For tests only.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <random>
#include <string>
#include <string_view>

#include "scenarios/grpc_schema.h"

namespace google::protobuf {
class Message;
}

namespace tracetax {

/// Of a file in scenarios/testdata.
[[nodiscard]] GrpcSchema test_schema(const std::string& file);

[[nodiscard]] std::string to_hex(std::string_view bytes);
/// With the entries of maps sorted.
[[nodiscard]] std::string deterministic_bytes(const google::protobuf::Message& message);

/// Sets about half of the fields to values that JSON can hold; messages inside to a depth of `levels`.
void fill_randomly(google::protobuf::Message& message, std::mt19937_64& random, int levels);

}  // namespace tracetax

// The names of gRPC's status codes, as the semantic conventions and messages spell them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/support/status.h>

#include <string_view>

namespace tracetax {

/// "OK", "DEADLINE_EXCEEDED"; a number that gRPC does not know is "UNKNOWN".
[[nodiscard]] std::string_view grpc_code_name(grpc::StatusCode code) noexcept;

}  // namespace tracetax

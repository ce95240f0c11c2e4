// Asks a live gRPC server for its descriptors, by server reflection v1 or v1alpha. Needed once,
// before a run; the load engine has its own client.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "harness/core/text/units.h"
#include "harness/load/session/scenario.h"
#include "scenarios/grpc/grpc_schema.h"

namespace tracetax {

/// The descriptors of all services that the server gives, within `timeout` in all. Without `tls`
/// the connection is plain. Usage error if there is no reflection, no HTTP/2, TLS where none was
/// asked for or none where it was, or nobody at all. The error says what answered instead, and what
/// to do.
[[nodiscard]] Result<GrpcSchema> reflect_grpc_schema(const Endpoint& endpoint,
                                                     const std::optional<TlsOptions>& tls,
                                                     Nanos timeout);

}  // namespace tracetax

// The services that a gRPC server offers beside its own: health, and reflection in both versions.
// Written here and not taken from grpc++, whose plugins bring threads that take turns polling with
// ours.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "targets/request/grpc_handler.h"

namespace tracetax {

/// grpc.health.v1.Health: Check says SERVING for the server and its services, NOT_FOUND for others;
/// Watch is not there, which clients take for healthy.
[[nodiscard]] GrpcMethods health_methods();

/// grpc.reflection.v1 and v1alpha, over the descriptors linked into this program.
[[nodiscard]] GrpcMethods reflection_methods();

}  // namespace tracetax

// bench.v1.Bench (scenarios/suites/bench.proto): the service behind every emulated gRPC framework.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "targets/request/grpc_handler.h"

namespace tracetax {

/// Longer pauses in a FeedRequest are INVALID_ARGUMENT.
inline constexpr std::chrono::minutes kLongestPause{10};

/// Echo, GetUser, Collect, Feed and Chat. With `forwards_echo`, Echo is answered by the service
/// behind.
[[nodiscard]] GrpcMethods bench_methods(bool forwards_echo);

}  // namespace tracetax

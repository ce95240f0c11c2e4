// What the three protocols of Kitex have in common: middleware, tracer, metric. The facts stand in
// kitex_thrift.cc.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "targets/service/framework.h"

namespace tracetax {

/// A server that answers Echo and GetUser.
[[nodiscard]] Framework kitex_server(std::string_view name, std::string_view models, RpcWire wire,
                                     CodecKind codec, std::vector<EventSpec> events);

/// What a call of another service over Thrift passes.
[[nodiscard]] StageSpecs kitex_client();

/// What the server's or the client's tracer makes of a call.
[[nodiscard]] TraceRecord kitex_record(SpanKind kind, std::vector<EventSpec> events);

/// The eight events of a server behind framed Thrift or TTHeader.
[[nodiscard]] std::vector<EventSpec> kitex_thrift_events();

}  // namespace tracetax

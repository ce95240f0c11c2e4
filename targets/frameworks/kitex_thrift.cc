// Kitex v0.16.3 with kitex-contrib obs-opentelemetry tracing v0.3.0 as server tracer and
// middleware. The span is named and started bare; once the answer has been written it gets its
// attributes and its events (Kitex's statistics, whose times are read in any case) if it records,
// and one duration is recorded. peer.service comes from the caller's service.name, which Kitex
// clients that trace send along. Framed Thrift or TTHeader is the caller's choice, found out per
// call. The order of events is that of a Go map; here it is that of time. Sources:
// server/server.go, pkg/remote/trans/, pkg/remote/codec/; tracing/tracer_server.go, middleware.go,
// events.go, peer.go, utils.go.
// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/kitex.h"
#include "targets/service/framework.h"

namespace tracetax {

Framework make_kitex_thrift() {
  Framework server = kitex_server("kitex-thrift",
                                  "Kitex v0.16.3 over Thrift with obs-opentelemetry tracing v0.3.0",
                                  RpcWire::kitex, CodecKind::thrift, kitex_thrift_events());
  return server;
}

}  // namespace tracetax

// Kitex v0.16.3 over Kitex Protobuf: as kitex_thrift.cc, with a protobuf body behind the same kind
// of head and two events less, as nothing waits for a frame that is read whole. Without TTHeader it
// carries no context, so its spans are roots. Sources: as there; pkg/remote/codec/protobuf/.
// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/cloudwego.h"
#include "targets/frameworks/kitex.h"
#include "targets/service/framework.h"

namespace tracetax {

Framework make_kitex_pb() {
  Framework server = kitex_server(
      "kitex-pb", "Kitex v0.16.3 over Kitex Protobuf with obs-opentelemetry tracing v0.3.0",
      RpcWire::kitex, CodecKind::protobuf,
      stats_events({"read_start", "read_finish", "server_handle_start"},
                   {"server_handle_finish", "write_start", "write_finish"}));
  return server;
}

}  // namespace tracetax

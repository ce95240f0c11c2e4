// Kitex v0.16.3 over its gRPC transport: as kitex_thrift.cc, on HTTP/2 and with the two events of
// the handler alone. Its callers' keys are headers that begin with rpc-transit-; a plain
// traceparent is not seen. Its io is grpc++'s here, not a port of Kitex's own transport. Sources:
// as there; pkg/remote/trans/nphttp2/.
// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/cloudwego.h"
#include "targets/frameworks/kitex.h"
#include "targets/service/framework.h"

namespace tracetax {

Framework make_kitex_grpc() {
  Framework server = kitex_server(
      "kitex-grpc", "Kitex v0.16.3 over gRPC with obs-opentelemetry tracing v0.3.0", RpcWire::grpc,
      CodecKind::protobuf, stats_events({"server_handle_start"}, {"server_handle_finish"}));
  for (StageSpec& stage : std::get<RpcPipeline>(server.pipeline).stages) {
    auto* trace = std::get_if<TraceSpec>(&stage);
    if (trace == nullptr) continue;
    trace->record.header_prefix = "rpc-transit-";
    for (AttributeSpec& one : trace->record.at_end) {
      if (one.value == ExchangeValue::protocol) one = {one.key, ExchangeValue::fixed, "GRPC"};
    }
    for (AttributeSpec& one : trace->record.after_start) {
      if (one.text == "service.name") one.text = "rpc-transit-service-name";
    }
  }
  return server;
}

}  // namespace tracetax

// go-micro v5.30.0 with wrapper/trace/opentelemetry. HTTP/1.1 where headers name the service and
// the endpoint; the header map is copied three times and echoed back whole; two goroutines per
// request; a router that calls by reflection; the request's own timer is never cancelled. The span
// has no attributes and no events, and is named by service and endpoint; the wrapper puts its
// context into the metadata of calls to come, whether there are any or not. gomicro-chain is two
// such services: NewClientWrapper and NewCallWrapper together make two CLIENT spans per call;
// random selector, pool of 100, two goroutines and a 5 s timer per call. Sources:
// server/rpc_server.go, router.go, server/rpc_codec.go, transport/http_transport.go,
// client/rpc_client.go, wrapper/trace/opentelemetry/{wrapper,opentelemetry}.go.
// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/frameworks.h"

namespace tracetax {
namespace {

TraceRecord gomicro_record(SpanKind kind) {
  return {.scope_name = "go-micro.dev/v5/wrapper/trace/opentelemetry",
          .scope_version = "",
          .kind = kind,
          .name = SpanName::dotted,
          .name_prefix = "bench.",
          .error_from = 400,
          .injects_into_calls = true};
}

StageSpecs gomicro_server() {
  return {MicroEndpointSpec{},
          HeaderCopiesSpec{.copies = 3, .echoes = true},
          TimerSpec{.deadline = std::chrono::seconds(5), .cancels = false},
          HandoffSpec{.times = 2},
          RpcRouteSpec{.lookup = MethodLookup::reflective, .prefix = "Bench."},
          TraceSpec{gomicro_record(SpanKind::server)},
          RecoverSpec{},
          CodecSpec{.kind = CodecKind::json}};
}

}  // namespace

Framework make_gomicro() {
  StageSpecs stages = gomicro_server();
  stages.push_back(ApplicationSpec{});
  return {.name = "gomicro",
          .models = "go-micro v5.30.0 with its OpenTelemetry handler wrapper",
          .pipeline = HttpPipeline{std::move(stages)}};
}

Framework make_gomicro_chain() {
  StageSpecs stages = gomicro_server();
  for (const StageSpec& client : StageSpecs{
           TraceSpec{gomicro_record(SpanKind::client)}, TraceSpec{gomicro_record(SpanKind::client)},
           HandoffSpec{.times = 2}, TimerSpec{.deadline = std::chrono::seconds(5)},
           CallSpec{.wire = CallWire::micro}}) {
    stages.push_back(client);
  }
  return {.name = "gomicro-chain",
          .models = "two services on go-micro v5.30.0",
          .pipeline = HttpPipeline{std::move(stages)},
          .back = "gomicro-chain-back"};
}

Framework make_gomicro_chain_back() {
  Framework back = make_gomicro();
  back.name = "gomicro-chain-back";
  back.models = "the second service of gomicro-chain";
  back.role = "back";
  return back;
}

}  // namespace tracetax

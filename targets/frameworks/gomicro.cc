// go-micro v5.30.0 with wrapper/trace/opentelemetry. HTTP/1.1 where headers name the service and
// the endpoint; the header map is copied three times and echoed back whole; two goroutines per
// request; a router that calls by reflection; the request's own timer is never cancelled. The span
// has no attributes and no events, and is named by service and endpoint; the wrapper puts its
// context into the metadata of calls to come, whether there are any or not. Sources:
// server/rpc_server.go, router.go, server/rpc_codec.go, transport/http_transport.go,
// wrapper/trace/opentelemetry/{wrapper,opentelemetry}.go.
// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/gomicro.h"

#include <utility>

#include "targets/service/framework.h"

namespace tracetax {

TraceRecord gomicro_record(SpanKind kind) {
  return {.scope_name = "github.com/micro/plugins/v5/wrapper/trace/opentelemetry",
          .scope_version = "",
          .kind = kind,
          .name = SpanName::dotted,
          .name_prefix = "bench.",
          .error_from = 400,
          .injects_into_calls = true};
}

// The argument is decoded before the handler, and so its wrapper, is called, and the answer is
// encoded after.
StageSpecs gomicro_server() {
  return {MicroEndpointSpec{},
          HeaderCopiesSpec{.copies = 3, .echoes = true},
          TimerSpec{.deadline = std::chrono::seconds(5), .cancels = false},
          HandoffSpec{.times = 2},
          RecoverSpec{},
          RpcRouteSpec{.lookup = MethodLookup::reflective, .prefix = "Bench."},
          RoutedSpec{},
          CodecSpec{.kind = CodecKind::protojson, .ends_lines = true},
          TraceSpec{gomicro_record(SpanKind::server)}};
}

Framework make_gomicro() {
  StageSpecs stages = gomicro_server();
  stages.push_back(ApplicationSpec{});
  return {.name = "gomicro",
          .models = "go-micro v5.30.0 with its OpenTelemetry handler wrapper",
          .pipeline = HttpPipeline{std::move(stages)}};
}

}  // namespace tracetax

// Go's net/http with its own ServeMux (1.22 and later) wrapped by otelhttp v0.70.0. The wrapper is
// the outermost handler, so the span starts before the route is known: 10 attributes at the start,
// the name is completed at the end, and there is no http.route. 2 attributes at the end, 3 with a
// request body. Sources: net/http/server.go, routing_tree.go;
// instrumentation/net/http/otelhttp/handler.go.
// SPDX-License-Identifier: Apache-2.0
#include "targets/service/framework.h"

namespace tracetax {

Framework make_nethttp() {
  using enum HttpAttribute;
  return {.name = "nethttp",
          .models = "Go net/http (ServeMux of Go 1.22+) with otelhttp v0.70.0",
          .pipeline = HttpPipeline{{
              TraceSpec{{
                  .scope_name = "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp",
                  .scope_version = "0.70.0",
                  .renamed_at_end = true,
                  .at_start = semconv({server_address, request_method, url_scheme, server_port,
                                       peer_address, peer_port, user_agent,
                                       HttpAttribute::client_address, url_path, protocol_version}),
                  .at_end = semconv({request_body_size, response_body_size, status_code}),
              }},
              MetricSpec{},
              RouteSpec{.router = RouterKind::segments,
                        .style = ParamStyle::braces,
                        .tells_wrong_method = true},
              UsersSpec{.json_type = "application/json"},
          }}};
}

}  // namespace tracetax

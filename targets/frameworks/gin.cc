// gin v1.12.0 as gin.Default() makes it (text log, recovery), with otelgin v0.70.0 added as a third
// middleware. gin finds the route before any middleware runs, so the span has its name and
// http.route from the start: 11 attributes at the start, 2 at the end. Sources: gin.go, logger.go,
// tree.go; instrumentation/github.com/gin-gonic/gin/otelgin/gin.go.
// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/span_facts.h"
#include "targets/service/framework.h"

namespace tracetax {

Framework make_gin() {
  using enum HttpAttribute;
  return {
      .name = "gin",
      .models = "gin v1.12.0 (gin.Default()) with otelgin v0.70.0",
      .pipeline = HttpPipeline{{
          RouteSpec{.router = RouterKind::radix, .style = ParamStyle::colon},
          TextLogSpec{},
          RecoverSpec{},
          TraceSpec{{
              .scope_name =
                  "go.opentelemetry.io/contrib/instrumentation/github.com/gin-gonic/gin/otelgin",
              .scope_version = "0.70.0",
              .at_start = semconv(
                  {server_address, request_method, url_scheme, server_port, peer_address, peer_port,
                   user_agent, HttpAttribute::client_address, url_path, protocol_version, route}),
              .at_end = semconv({response_body_size, status_code}),
          }},
          MetricSpec{},
          UsersSpec{.json_type = "application/json; charset=utf-8"},
      }},
      .span = contrib_http_span("GET /users/:id", true, 491)};
}

}  // namespace tracetax

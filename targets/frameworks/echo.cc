// echo v4.15.4 with otelecho v0.70.0 as its only middleware, as Echo has none by default. v4
// applies the middleware to the handler anew in every request. The route is known before any
// middleware runs, so the span has its name and http.route from the start: 11 attributes at the
// start, 2 at the end; 3 metric records. Sources: echo.go, router.go;
// instrumentation/github.com/labstack/echo/otelecho/echo.go.
// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/span_facts.h"
#include "targets/service/framework.h"

namespace tracetax {

Framework make_echo() {
  using enum HttpAttribute;
  return {
      .name = "echo",
      .models = "echo v4.15.4 with otelecho v0.70.0",
      .pipeline = HttpPipeline{{
          RouteSpec{
              .router = RouterKind::radix, .style = ParamStyle::colon, .tells_wrong_method = true},
          ChainBuildSpec{},
          TraceSpec{{
              .scope_name =
                  "go.opentelemetry.io/contrib/instrumentation/github.com/labstack/echo/otelecho",
              .scope_version = "0.70.0",
              .at_start = semconv(
                  {server_address, request_method, url_scheme, server_port, peer_address, peer_port,
                   user_agent, HttpAttribute::client_address, url_path, protocol_version, route}),
              .at_end = semconv({response_body_size, status_code}),
          }},
          MetricSpec{},
          UsersSpec{.json_type = "application/json"},
      }},
      .span = contrib_http_span("GET /users/:id", true, 491)};
}

}  // namespace tracetax

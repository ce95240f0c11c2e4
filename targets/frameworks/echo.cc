// echo v4.15.4 with otelecho v0.70.0 as its only middleware, as Echo has none by default. v4
// applies the middleware to the handler anew in every request. The route is known before any
// middleware runs, so the span has its name and http.route from the start: 11 attributes at the
// start, 2 at the end; 3 metric records. Sources: echo.go, router.go;
// instrumentation/github.com/labstack/echo/otelecho/echo.go.
// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/route_first.h"
#include "targets/frameworks/span_facts.h"
#include "targets/service/framework.h"

namespace tracetax {

Framework make_echo() {
  return {
      .name = "echo",
      .models = "echo v4.15.4 with otelecho v0.70.0",
      .pipeline = HttpPipeline{{
          RouteSpec{
              .router = RouterKind::radix, .style = ParamStyle::colon, .tells_wrong_method = true},
          ChainBuildSpec{},
          route_first_trace(
              "go.opentelemetry.io/contrib/instrumentation/github.com/labstack/echo/otelecho"),
          MetricSpec{},
          UsersSpec{.json_type = "application/json"},
      }},
      .span = contrib_http_span("GET /users/:id", true, 491)};
}

}  // namespace tracetax

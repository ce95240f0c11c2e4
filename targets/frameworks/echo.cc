// echo v4.15.4 with otelecho v0.70.0 as its only middleware, as Echo has none by default. v4
// applies the middleware to the handler anew in every request. The route is known before any
// middleware runs, so the span has its name and http.route from the start: 11 attributes at the
// start, 2 at the end; 3 metric records. Sources: echo.go, router.go;
// instrumentation/github.com/labstack/echo/otelecho/echo.go.
// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/route_first.h"
#include "targets/service/framework.h"

namespace tracetax {
namespace {

TraceSpec echo_trace() {
  TraceSpec trace = route_first_trace(
      "go.opentelemetry.io/contrib/instrumentation/github.com/labstack/echo/otelecho", "echo",
      semconv(HttpAttribute::client_address), semconv(HttpAttribute::route));
  AttributeTable& end = trace.record.at_end;
  end.insert(end.begin(), {"echo.error", ExchangeValue::error});
  return trace;
}

}  // namespace

Framework make_echo() {
  return {
      .name = "echo",
      .models = "echo v4.15.4 with otelecho v0.70.0",
      .pipeline = HttpPipeline{{
          RouteSpec{.router = RouterKind::radix,
                    .style = ParamStyle::colon,
                    .tells_wrong_method = true,
                    .not_found = {"{\"message\":\"Not Found\"}\n", "application/json",
                                  "code=404, message=Not Found"},
                    .wrong_method = {"{\"message\":\"Method Not Allowed\"}\n", "application/json",
                                     "code=405, message=Method Not Allowed"}},
          ChainBuildSpec{},
          echo_trace(),
          MetricSpec{},
          UsersSpec{.json_type = "application/json", .ends_lines = true},
      }}};
}

}  // namespace tracetax

// gin v1.12.0 as gin.Default() makes it (text log, recovery), with otelgin v0.70.0 added as a third
// middleware. gin finds the route before any middleware runs, so the span has its name and
// http.route from the start: 11 attributes at the start, 2 at the end; without a route the route is
// an empty text. The log and the span look for the caller's address, each for itself, against the
// trusted networks. 404 is written when the middleware has run. Sources: gin.go, logger.go,
// tree.go; instrumentation/github.com/gin-gonic/gin/otelgin/gin.go.
// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/route_first.h"
#include "targets/service/framework.h"

namespace tracetax {

Framework make_gin() {
  return {.name = "gin",
          .models = "gin v1.12.0 (gin.Default()) with otelgin v0.70.0",
          .pipeline = HttpPipeline{{
              RouteSpec{.router = RouterKind::radix,
                        .style = ParamStyle::colon,
                        .not_found = {"404 page not found", "text/plain"},
                        .refuses_late = true},
              TextLogSpec{},
              RecoverSpec{},
              route_first_trace(
                  "go.opentelemetry.io/contrib/instrumentation/github.com/gin-gonic/gin/otelgin",
                  "gin", {"client.address", ExchangeValue::trusted_client},
                  {"http.route", ExchangeValue::route_or_empty}),
              MetricSpec{},
              UsersSpec{.json_type = "application/json; charset=utf-8"},
          }}};
}

}  // namespace tracetax

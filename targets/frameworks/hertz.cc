// Hertz v0.10.4 as server.Default() makes it (recovery), with hertz-contrib obs-opentelemetry
// tracing v0.4.1 as server tracer and middleware: the span starts bare once the route is known and
// gets its 13 attributes and 10 events when the answer has been written, if it records; every
// event's time is read in any case. Then a counter and a histogram are recorded by attributes read
// back from the span. Its order of events is that of a Go map, here it is that of time. Propagators
// are the four of its provider. Sources: pkg/app/server/hertz.go, pkg/protocol/http1/server.go;
// tracing/tracer_server.go, middleware.go, events.go, utils.go.
// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/cloudwego.h"
#include "targets/service/framework.h"

namespace tracetax {

Framework make_hertz() {
  using enum ExchangeValue;
  const AttributeTable held{{"net.transport", fixed, "ip_tcp"},
                            {"net.host.ip", host_name},
                            {"net.host.port", host_any_port},
                            {"http.target", fixed, ""},
                            {"http.route", route_or_path},
                            {"http.user_agent", user_agent},
                            {"http.request_content_length", request_body_size},
                            {"http.scheme", fixed, "http"},
                            {"http.host", host},
                            {"http.flavor", protocol_version},
                            {"http.method", request_method},
                            {"http.url", url},
                            {"net.peer.ip", ExchangeValue::client_address},
                            {"http.status_code", status_code}};
  return {
      .name = "hertz",
      .models = "Hertz v0.10.4 (server.Default()) with obs-opentelemetry tracing v0.4.1",
      .pipeline = HttpPipeline{
          .stages =
              {
                  RouteSpec{.router = RouterKind::radix,
                            .style = ParamStyle::colon,
                            .not_found = {.text = "Not Found", .content_type = "text/plain"},
                            .server = "hertz"},
                  TraceSpec{{
                      .scope_name = "github.com/hertz-contrib/obs-opentelemetry",
                      .scope_version = "semver:0.39.0",
                      .name = SpanName::method_path,
                      .at_end = held,
                      .events = stats_events(
                          {"http_start", "read_header_start", "read_header_finish",
                           "read_body_start", "read_body_finish", "server_handle_start"},
                          {"server_handle_finish", "write_start", "write_finish", "http_finish"}),
                      .keeps_events = true,
                      .asks_recording = true,
                      .error_from = 400,
                      .propagators = kCloudwego,
                  }},
                  CallMetricSpec{
                      .span = held,
                      .wanted = {"http.host", "http.route", "http.method", "http.status_code"},
                      .counts = true,
                      .asks_recording = true},
                  RecoverSpec{},
                  UsersSpec{.json_type = "application/json; charset=utf-8"},
              },
          .on_net_http = false}};
}

}  // namespace tracetax

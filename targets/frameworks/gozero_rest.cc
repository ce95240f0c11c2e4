// go-zero REST v1.10.3 with every middleware of its default configuration, in its order. The
// tracing handler extracts, makes 8 attributes (semconv v1.4.0), starts the span by the route's
// pattern, puts the context into the answer's headers too, and adds http.status_code; the log line
// gets the span's ids. Where no route is found only these two run. The shedder drops by the CPU
// load of the whole container, the load generator included; `gozero-rest-cpu0` is the same with
// CpuThreshold: 0, which does not build it. Sources: rest/engine.go, rest/handler/*.go,
// rest/router/patrouter.go, core/search/tree.go, core/breaker/googlebreaker.go,
// core/load/adaptiveshedder.go.
// SPDX-License-Identifier: Apache-2.0
#include <variant>

#include "targets/service/framework.h"

namespace tracetax {
namespace {

TraceRecord gozero_rest_record() {
  using enum ExchangeValue;
  return {.scope_name = "go-zero",
          .scope_version = "",
          .name = SpanName::route,
          .at_start = {{"http.target", target},
                       {"http.server_name", fixed, "bench"},
                       {"http.route", route_or_path},
                       {"http.client_ip", header, "X-Forwarded-For"},
                       {"http.user_agent", user_agent},
                       {"http.request_content_length", request_body_size},
                       {"http.scheme", fixed, "http"},
                       {"http.host", host},
                       {"http.flavor", protocol_version},
                       {"http.method", request_method}},
          .at_end = {{"http.status_code", status_code}},
          .injects_into_answer = true};
}

}  // namespace

Framework make_gozero_rest() {
  return {
      .name = "gozero-rest",
      .models = "go-zero REST v1.10.3, default middleware",
      .pipeline = HttpPipeline{{
          RouteSpec{.router = RouterKind::maps,
                    .style = ParamStyle::colon,
                    .tells_wrong_method = true,
                    .cleaning = PathCleaning::lookup,
                    .wrong_method = {.text = "", .ends = true},
                    .refuses_late = true},
          TraceSpec{gozero_rest_record()},
          JsonLogSpec{},
          RoutedSpec{},
          LabelMetricSpec{},
          LatchSpec{.limit = 10'000},
          BreakerGozeroSpec{},
          ShedGozeroSpec{},
          TimeoutSpec{},
          RecoverSpec{},
          TaskMetricSpec{},
          GuardsSpec{.guards = {Guard::max_bytes, Guard::gunzip}},
          CodecSpec{
              .kind = CodecKind::json, .binding = Binding::maps, .refusal = BadRequestForm::text},
          ApplicationSpec{},
      }}};
}

// Under a load generator on the same machine the other one sheds by a CPU load that is not its own.
Framework make_gozero_rest_cpu0() {
  Framework framework = make_gozero_rest();
  framework.name = "gozero-rest-cpu0";
  framework.models = "go-zero REST v1.10.3 with CpuThreshold: 0 (no shedder)";
  for (StageSpec& stage : std::get<HttpPipeline>(framework.pipeline).stages) {
    if (auto* shed = std::get_if<ShedGozeroSpec>(&stage)) shed->cpu_threshold = 0;
  }
  return framework;
}

}  // namespace tracetax

// kratos v2.9.2 over HTTP: gorilla/mux, a deadline of 1 s, the Transport object, the request bound
// by route, query (form codec) and body (protojson), then middleware matched and chained for each
// request. The default list of middleware is empty: `kratos-http-min` has recovery as
// kratos-layout, and tracing; `kratos-http` has the documented chain. The tracing middleware starts
// a bare span by the operation's name and sets 9 attributes right after and 1 at the end, and the
// status Ok on success; an error adds an event "exception". Its propagator is its own:
// x-md-service-name, baggage, traceparent. Sources: transport/http/server.go, router.go, codec.go,
// internal/matcher/, middleware/tracing/{tracing,tracer,span}.go, middleware/*.
// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/kratos.h"
#include "targets/service/framework.h"

namespace tracetax {
namespace {

Framework kratos_http(std::string_view name, std::string_view models, bool minimal) {
  StageSpecs stages{
      RouteSpec{
          .router = RouterKind::regex,
          .style = ParamStyle::braces,
          .cleaning = PathCleaning::redirect,
          .not_found = {.text = "404 page not found\n", .ends = true, .tells_no_sniff = true}},
      TimerSpec{},
      HeaderCopiesSpec{},
      CodecSpec{.kind = CodecKind::protojson,
                .binding = Binding::form,
                .refusal = BadRequestForm::kratos},
  };
  for (StageSpec& stage : kratos_middleware(true, minimal)) stages.push_back(std::move(stage));
  return {.name = name, .models = models, .pipeline = HttpPipeline{std::move(stages)}};
}

}  // namespace

Framework make_kratos_http() {
  return kratos_http("kratos-http", "kratos v2.9.2 over HTTP, the documented middleware", false);
}

Framework make_kratos_http_min() {
  return kratos_http("kratos-http-min", "kratos v2.9.2 over HTTP, recovery and tracing only", true);
}

}  // namespace tracetax

// What Dapr's four processes have in common. The two applications share their routes, the two
// sidecars their tracing and their metric; one sidecar has the HTTP API. The facts stand in
// dapr.cc.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "targets/service/framework.h"

namespace tracetax {

[[nodiscard]] inline RouteSpec dapr_application_route() {
  return {.router = RouterKind::segments, .style = ParamStyle::braces, .tells_wrong_method = true};
}

/// A sidecar's span without its attributes, which are made only if it records.
[[nodiscard]] inline TraceRecord daprd_record(SpanKind kind, SpanName name,
                                              std::string_view prefix) {
  return {.scope_name = "dapr-diagnostics",
          .scope_version = "",
          .kind = kind,
          .name = name,
          .name_prefix = prefix,
          .asks_recording = true,
          .propagators =
              Propagators{Propagator::grpc_binary, Propagator::trace_context, Propagator::baggage}};
}

[[nodiscard]] inline LabelMetricSpec daprd_metric() {
  return {.labels = {MetricLabel::method, MetricLabel::code}, .counts = false};
}

/// A sidecar's HTTP API, of which service invocation is the one in use.
[[nodiscard]] std::vector<Route> daprd_routes();

}  // namespace tracetax

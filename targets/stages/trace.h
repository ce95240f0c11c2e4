// Stage `trace`: HTTP server instrumentation by a record that says what the framework's own does. It
// takes the caller's context, makes the start attributes, starts a SERVER span, calls the rest of the
// chain, and ends the span with the end attributes. A 5xx sets the status to error, nothing else does.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "targets/stages/http_attributes.h"
#include "targets/stages/stage.h"
#include "targets/tracing/tracer.h"

namespace tracetax {

struct TraceRecord {
  std::string_view scope_name;
  std::string_view scope_version;
  // The name is "{method} {route}", or the method where no route is known. Routers inside the span
  // find the route after the start; then the span is renamed at its end.
  bool route_known_at_start = true;
  std::vector<HttpAttribute> at_start;
  std::vector<HttpAttribute> at_end;
};

struct TraceSpec {
  TraceRecord record;
};
/// `tracer` must outlive the stage.
[[nodiscard]] StagePointer make_stage(const TraceSpec& spec, Tracer& tracer);

}  // namespace tracetax

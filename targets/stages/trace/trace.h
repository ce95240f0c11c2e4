// Stage `trace`: instrumentation by a record that says what the framework's own does. A SERVER
// record takes the caller's context and wraps the rest of the chain in a span. A CLIENT record
// wraps a call to the next service in a span under that one, and puts its own context into the
// call's headers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "targets/request/attributes.h"
#include "targets/request/stage.h"
#include "targets/stages/trace/propagation.h"
#include "targets/tracing/tracer.h"

namespace tracetax {

/// What a span is called.
enum class SpanName {
  method_route,  // "GET /users/:id"; the method where no route is known, "HTTP" for an unknown
                 // method
  route,         // "/users/:id"; the path where no route is known
  method_path,   // "GET /users/:id"; "GET /users/42" where no route is known
  operation,     // "bench.v1.Bench/Echo"
  full_method,   // "/bench.v1.Bench/Echo"
  method,        // "Echo"
  dotted,        // "Bench.Echo" behind TraceRecord::name_prefix
  path,          // "/users/42" behind TraceRecord::name_prefix
  invocation     // "/app/users/42" behind TraceRecord::name_prefix, of a path of Dapr's HTTP API
};

/// Something that happens while the span lasts.
struct EventSpec {
  enum class When { before, after };  // what is inside
  std::string_view name;
  When when = When::before;
  AttributeTable attributes{};
};

struct TraceRecord {
  std::string_view scope_name;
  std::string_view scope_version;
  SpanKind kind = SpanKind::server;
  SpanName name = SpanName::method_route;
  std::string_view name_prefix{};
  bool renamed_at_end = false;  // routers inside the span find the route after its start
  AttributeTable at_start{};    // the sampler sees them
  AttributeTable after_start{};
  AttributeTable at_end{};
  std::vector<EventSpec> events{};
  bool keeps_events = false;  // only the clock is read when they happen; they are added at the end
  bool asks_recording = false;   // makes the end attributes and events for spans that record only
  bool sets_ok = false;          // status Ok on success, instead of leaving it unset
  unsigned error_from = 500;     // a status of at least this sets the span's to error
  bool exception_event = false;  // an error adds an event with exception.type and exception.message
  std::optional<Propagators> propagators{};  // its own; nothing: the program chooses them
  std::string_view header_prefix{};          // before the names of the caller's context headers
  std::optional<Propagators> passes_on{};    // for calls; nothing: the same
  bool injects_into_answer = false;  // SERVER: the context goes into the answer's headers too
  bool injects_into_calls =
      false;  // SERVER: the context goes into headers for calls, CLIENT spans or not
  bool injects_unsampled = true;  // CLIENT: false leaves the next service to decide for itself
  HeaderList call_headers{};      // CLIENT: sent along with the context
};

struct TraceSpec {
  TraceRecord record;
};
/// `tracer` must outlive the stage.
[[nodiscard]] StagePointer make_stage(const TraceSpec& spec, Tracer& tracer);

/// The span's name for an exchange as it is now.
[[nodiscard]] std::string span_name(const TraceRecord& record, const Exchange& exchange);

}  // namespace tracetax

// What a request brings of the caller's context, and what a span hands on of it besides its ids. In
// Go these are values in a context.Context.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "harness/core/request/trace_context.h"
#include "targets/tracing/context/baggage.h"

namespace tracetax {

/// What most requests have nothing of.
struct Carried {
  std::string trace_state{};  // of parse_trace_state(); goes with the caller's ids
  Baggage baggage{};
  bool b3_debug = false;
  bool b3_deferred = false;  // the caller leaves the decision to this service
  bool jaeger_debug = false;
};
using CarriedPointer = std::shared_ptr<const Carried>;  // null: nothing

struct Caller {
  std::optional<TraceContext> context;  // a valid one
  CarriedPointer carried;
};

}  // namespace tracetax

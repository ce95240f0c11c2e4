// Trace context in and out of headers, by the formats that a framework's propagator knows. Each
// format is looked for in every request, as a composite propagator does; of several contexts the
// last one wins.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <optional>
#include <string>

#include "targets/request/exchange.h"
#include "targets/tracing/tracer.h"

namespace tracetax {

enum class Propagator : unsigned {
  trace_context = 1,     // traceparent
  baggage = 2,           // passed on as it came, never looked into
  b3_multi = 4,          // X-B3-TraceId, X-B3-SpanId, X-B3-Sampled
  ot = 8,                // ot-tracer-traceid (the low half), ot-tracer-spanid, ot-tracer-sampled
  kratos_metadata = 16,  // x-md-service-name: the caller's name, no context
  grpc_binary = 32,      // grpc-trace-bin, 29 bytes
};

class Propagators {
 public:
  constexpr Propagators(std::initializer_list<Propagator> all) {
    for (const Propagator one : all) bits_ |= static_cast<unsigned>(one);
  }
  [[nodiscard]] constexpr bool has(Propagator one) const noexcept {
    return (bits_ & static_cast<unsigned>(one)) != 0;
  }

 private:
  unsigned bits_ = 0;
};
inline constexpr Propagators kW3c{Propagator::trace_context, Propagator::baggage};

/// Nothing where the tracer's settings (OTEL_PROPAGATORS) say that no context is taken.
[[nodiscard]] std::optional<TraceContext> extract_context(
    Propagators propagators, const Tracer& tracer, const Exchange& exchange,
    std::string_view traceparent_header = "traceparent");

/// Appends the headers that take `context` on, none where the tracer's settings say so. Baggage
/// comes from the exchange's own request.
void inject_context(Propagators propagators, const Tracer& tracer, const TraceContext& context,
                    const Exchange& exchange, HeaderList& out);

/// "tracecontext,baggage"
[[nodiscard]] std::string describe(Propagators propagators);

}  // namespace tracetax

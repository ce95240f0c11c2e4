// A message on its way: its body, and the W3C context in its headers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "targets/legs/leg.h"
#include "targets/tracing/tracer.h"

namespace tracetax {

/// What a publish waits for its broker, in all.
inline constexpr std::chrono::seconds kPublishTime{5};
/// What is tried for so long before anything is served: a broker may just have been started.
inline constexpr std::chrono::seconds kFirstConnectTime{10};

inline constexpr const char* kTraceparentHeader = "traceparent";
inline constexpr const char* kTraceStateHeader = "tracestate";

/// The headers are empty where there is no context.
struct OutgoingMessage {
  std::string body;
  std::string traceparent;
  std::string trace_state;
};

/// All values as a JSON object.
[[nodiscard]] std::string json_of(const Values& values);

/// The span around a publish; none where nothing traces.
[[nodiscard]] std::optional<Span> start_producer_span(const LegCall& call, std::string_view name,
                                                      Attributes&& attributes);
/// What the receiver is to go on from; none where the tracer's propagators do not say so.
[[nodiscard]] std::optional<TraceContext> context_to_send(const LegCall& call,
                                                          const std::optional<Span>& producer);
[[nodiscard]] std::string trace_state_of(const Span& span);
/// The same into the headers.
void put_context(const LegCall& call, const std::optional<Span>& producer,
                 OutgoingMessage& message);
void take_context(std::string_view traceparent, std::string_view trace_state,
                  BrokerMessage& message);

/// Failed, with the error as the span's status, and as an event where the instrumentation records
/// one, with Go's type of it.
[[nodiscard]] LegResult publish_failed(std::optional<Span>& producer, std::string error,
                                       std::string_view exception_type = {});

/// `name` with the prefix of TRACETAX_NAMESPACE, so that several copies of a system share a broker.
[[nodiscard]] std::string name_at_broker(std::string_view name);

/// An error that the program can go on with; one line.
[[nodiscard]] tl::unexpected<Error> broker_failure(std::string_view broker,
                                                   const LegAddress& address, std::string_view why);

}  // namespace tracetax

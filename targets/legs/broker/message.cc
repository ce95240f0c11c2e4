// SPDX-License-Identifier: Apache-2.0
#include "targets/legs/broker/message.h"

#include <cstdlib>

#include "targets/request/json_text.h"
#include "targets/tracing/context/trace_state.h"

namespace tracetax {

std::string json_of(const Values& values) {
  std::string json = "{";
  for (const auto& [name, value] : values.all()) {
    if (json.size() > 1) json += ',';
    append_json_string(name, json, JsonEscapes::none);
    json += ':';
    append_json_string(value, json, JsonEscapes::none);
  }
  json += '}';
  return json;
}

std::optional<Span> start_producer_span(const LegCall& call, std::string_view name,
                                        Attributes&& attributes) {
  if (call.parent == nullptr) return std::nullopt;
  return call.tracer.start_child_span(name, SpanKind::producer, *call.parent,
                                      std::move(attributes));
}

std::optional<TraceContext> context_to_send(const LegCall& call,
                                            const std::optional<Span>& producer) {
  if (!producer || !producer->context().trace_id.valid()) return std::nullopt;
  if (!call.tracer.call_propagators(std::nullopt).has(Propagator::trace_context)) {
    return std::nullopt;
  }
  return producer->context();
}

std::string trace_state_of(const Span& span) {
  return span.carried() != nullptr ? span.carried()->trace_state : std::string();
}

void put_context(const LegCall& call, const std::optional<Span>& producer,
                 OutgoingMessage& message) {
  const auto context = context_to_send(call, producer);
  if (!context) return;
  message.traceparent = format_traceparent(*context);
  message.trace_state = trace_state_of(*producer);
}

void take_context(std::string_view traceparent, std::string_view trace_state,
                  BrokerMessage& message) {
  message.context = parse_traceparent(traceparent);
  if (message.context) message.trace_state = parse_trace_state(trace_state);
}

LegResult publish_failed(std::optional<Span>& producer, std::string error,
                         std::string_view exception_type) {
  if (producer) {
    if (!exception_type.empty()) {
      producer->add_event("exception", {{"exception.type", std::string(exception_type)},
                                        {"exception.message", error}});
    }
    producer->set_status(SpanStatus::error, error);
  }
  return {LegEnd::failed, std::move(error)};
}

std::string name_at_broker(std::string_view name) {
  const char* prefix = std::getenv("TRACETAX_NAMESPACE");
  if (prefix == nullptr || *prefix == '\0') return std::string(name);
  return fmt::format("{}.{}", prefix, name);
}

tl::unexpected<Error> broker_failure(std::string_view broker, const LegAddress& address,
                                     std::string_view why) {
  return failure(ExitCode::fail,
                 fmt::format("{} at {}:{}: {}", broker, address.host, address.port, why));
}

}  // namespace tracetax

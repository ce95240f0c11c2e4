// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/trace.h"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace tracetax {
namespace {

std::string span_name(const Exchange& exchange) {
  std::string name(is_known_method(exchange.method) ? exchange.method : "HTTP");
  if (exchange.route != nullptr) name.append(" ").append(exchange.route->pattern);
  return name;
}

class TraceStage final : public Stage {
 public:
  TraceStage(TraceRecord record, Tracer& tracer) : record_(std::move(record)), tracer_(tracer) {}

  void handle(Exchange& exchange, Next next) const override {
    const auto caller = tracer_.extract(exchange.header("traceparent"));
    Span span = tracer_.start_span(span_name(exchange), SpanKind::server, caller,
                                   make_attributes(record_.at_start, exchange));
    exchange.trace = span.context();
    exchange.span_records = span.is_recording();
    next(exchange);
    if (!record_.route_known_at_start && exchange.route != nullptr) {
      span.set_name(span_name(exchange));
    }
    // Made even if nobody keeps them: instrumentation asks is_recording() nowhere here.
    span.set_attributes(make_attributes(record_.at_end, exchange));
    if (exchange.status >= 500) span.set_status(SpanStatus::error);
    span.end();
  }

  std::string describe() const override {
    std::string text = fmt::format(
        "trace: SERVER span \"{{method}} {{route}}\"{}, state {}, sampler {}, attributes at start:",
        record_.route_known_at_start ? "" : " (renamed once routed)", to_string(tracer_.state()),
        tracer_.describe_sampler());
    for (const auto attribute : record_.at_start) text.append(" ").append(attribute_key(attribute));
    text.append("; at end:");
    for (const auto attribute : record_.at_end) text.append(" ").append(attribute_key(attribute));
    return text;
  }

 private:
  static Attributes make_attributes(const std::vector<HttpAttribute>& list,
                                    const Exchange& exchange) {
    Attributes attributes;
    attributes.reserve(list.size());
    for (const HttpAttribute attribute : list) append_attribute(attribute, exchange, attributes);
    return attributes;
  }

  TraceRecord record_;
  Tracer& tracer_;
};

}  // namespace

StagePointer make_stage(const TraceSpec& spec, Tracer& tracer) {
  return std::make_unique<TraceStage>(spec.record, tracer);
}

}  // namespace tracetax
